package io.drawbridge.web.security;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;

/** A person in a browser, as the issuer has described him; his name is our person's id, which the engine relies on. */
final class SignedInUser extends DefaultOidcUser {
    private static final long serialVersionUID = 1L;

    private final SignInClaims claims;
    private final Instant askedAt;

    SignedInUser(OidcIdToken token, @Nullable OidcUserInfo info, SignInClaims claims, Instant askedAt) {
        super(List.of(), token, info);
        this.claims = claims;
        this.askedAt = askedAt;
    }

    SignInClaims claims() {
        return claims;
    }

    /** When the issuer was asked, by our clock. */
    Instant askedAt() {
        return askedAt;
    }

    @Override
    public String getName() {
        return claims.id().value();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof SignedInUser same && same.askedAt.equals(askedAt);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + askedAt.hashCode();
    }
}
