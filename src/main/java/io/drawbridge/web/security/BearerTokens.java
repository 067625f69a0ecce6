package io.drawbridge.web.security;

import io.drawbridge.identity.ApiKey;
import io.drawbridge.identity.ApiKeyDesk;
import io.drawbridge.identity.PersonId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Takes what stands after {@code Bearer}: a key of ours, or a token of the issuer. */
final class BearerTokens {
    private final ApiKeyDesk keys;
    private final SignInProperties properties;
    private final @Nullable Issuer issuer;

    BearerTokens(ApiKeyDesk keys, SignInProperties properties, @Nullable Issuer issuer) {
        this.keys = keys;
        this.properties = properties;
        this.issuer = issuer;
    }

    Authentication authenticate(Authentication attempt) {
        String token = ((BearerTokenAuthenticationToken) attempt).getToken();
        SignInClaims claims = token.startsWith(ApiKeyDesk.PREFIX) ? ofKey(token) : ofToken(token);
        BearerSignIn signIn = new BearerSignIn(claims);
        signIn.setDetails(attempt.getDetails());
        return signIn;
    }

    private SignInClaims ofKey(String text) {
        ApiKey key = keys.find(text).orElseThrow(() -> refused("This API key opens nothing (any more)."));
        return new SignInClaims(
                new PersonId(SignInClaims.API_KEY + key.id()),
                key.name(),
                true,
                Set.of(key.tenant()),
                null,
                key.roles(),
                false,
                key.createdAt(),
                null);
    }

    private SignInClaims ofToken(String text) {
        if (issuer == null) {
            throw refused("Bearer tokens open nothing here: no issuer is configured.");
        }
        try {
            Jwt token = issuer.bearerTokens().decode(text);
            Instant issued = token.getIssuedAt();
            return SignInClaims.of(token.getClaims(), issued == null ? Instant.EPOCH : issued, properties);
        } catch (BadJwtException bad) {
            throw refused("The token is not valid here.");
        } catch (SignInClaims.UnreadableException unreadable) {
            throw refused(String.valueOf(unreadable.getMessage()));
        } catch (JwtException unreachable) {
            throw new AuthenticationServiceException("The issuer cannot be asked.", unreachable);
        }
    }

    private static InvalidBearerTokenException refused(String reason) {
        return new InvalidBearerTokenException(reason);
    }
}
