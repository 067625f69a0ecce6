package io.drawbridge.web.security;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A call that is signed in by its own token or key; its name is the person's id, which the engine relies on. */
final class BearerSignIn extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final SignInClaims claims;

    BearerSignIn(SignInClaims claims) {
        super(List.of());
        this.claims = claims;
        setAuthenticated(true);
    }

    SignInClaims claims() {
        return claims;
    }

    @Override
    public Object getPrincipal() {
        return claims.id().value();
    }

    /** The token is not kept. */
    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other instanceof BearerSignIn same && same.claims.equals(claims);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + claims.hashCode();
    }
}
