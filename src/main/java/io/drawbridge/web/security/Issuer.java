package io.drawbridge.web.security;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * The OIDC issuer, asked for its addresses when they are first needed: Drawbridge starts, and takes back what is due, while
 * the issuer is down.
 */
final class Issuer implements ClientRegistrationRepository {
    /** Name of the one registration, as it stands in the address that the issuer sends people back to. */
    static final String REGISTRATION = "drawbridge";

    private static final Duration KEYS_KEPT = Duration.ofMinutes(5);

    /** A token with a key that nobody knows makes us ask for the keys again, twice in that time at most. */
    private static final Duration KEYS_ASKED_AGAIN = Duration.ofSeconds(10);

    private static final int WAIT_MILLIS = 5_000;
    private static final int MOST_BYTES = 512 * 1024;

    private final SignInProperties properties;
    private final Environment environment;
    private final Clock clock;
    private @Nullable Known known;

    Issuer(SignInProperties properties, Environment environment, Clock clock) {
        this.properties = properties;
        this.environment = environment;
        this.clock = clock;
    }

    /** What the issuer has said of itself. */
    private record Known(ClientRegistration registration, NimbusJwtDecoder bearer, NimbusJwtDecoder login) {}

    /**
     * Our registration at the issuer.
     *
     * @throws IllegalArgumentException if the issuer cannot be asked, or names itself otherwise
     */
    ClientRegistration registration() {
        return known().registration();
    }

    @Override
    public @Nullable ClientRegistration findByRegistrationId(String id) {
        return id.equals(REGISTRATION) ? registration() : null;
    }

    /** Reads bearer tokens: signature by one of the issuer's keys, algorithm, issuer, audience and time are checked. */
    JwtDecoder bearerTokens() {
        return token -> reachable().bearer().decode(token);
    }

    /** Reads the ID tokens of a login in a browser. */
    JwtDecoder loginTokens() {
        return token -> reachable().login().decode(token);
    }

    private Known reachable() {
        try {
            return known();
        } catch (RuntimeException unreachable) {
            throw new JwtException("The issuer cannot be asked for its keys.", unreachable);
        }
    }

    /** Scheme and host of the issuer, for the pages' content security policy. */
    static String origin(URI issuer) {
        return issuer.getScheme() + "://" + issuer.getRawAuthority();
    }

    private synchronized Known known() {
        if (known == null) {
            known = ask();
        }
        return known;
    }

    private Known ask() {
        String secret = properties.clientSecret();
        ClientRegistration.Builder described =
                ClientRegistrations.fromIssuerLocation(String.valueOf(properties.issuer()));
        described
                .registrationId(REGISTRATION)
                .clientId(properties.clientId())
                .scope(properties.scopes())
                .userNameAttributeName("sub")
                // From the configuration, and never from what a caller writes into his Host header.
                .redirectUri(baseUrl() + "/login/oauth2/code/" + REGISTRATION);
        if (secret.isBlank()) {
            described.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
        } else {
            described.clientSecret(secret);
        }
        ClientRegistration registration = described.build();
        JWKSource<SecurityContext> keys = keys(registration.getProviderDetails().getJwkSetUri());
        OidcIdTokenValidator forLogin = new OidcIdTokenValidator(registration);
        forLogin.setClock(clock);
        forLogin.setClockSkew(properties.clockSkew());
        return new Known(
                registration,
                decoder(keys, new JOSEObjectType("at+jwt"), this::hasAudience, this::isNoIdToken),
                decoder(keys, null, forLogin));
    }

    private String baseUrl() {
        String address = environment.getProperty("drawbridge.base-url", "http://127.0.0.1:8080");
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    private static JWKSource<SecurityContext> keys(String address) {
        JWKSource<SecurityContext> asked;
        try {
            asked = JWKSourceBuilder.<SecurityContext>create(
                            URI.create(address).toURL(),
                            new DefaultResourceRetriever(WAIT_MILLIS, WAIT_MILLIS, MOST_BYTES))
                    .cache(KEYS_KEPT.toMillis(), 2L * WAIT_MILLIS)
                    .refreshAheadCache(false)
                    .rateLimited(KEYS_ASKED_AGAIN.toMillis())
                    .retrying(true)
                    .build();
        } catch (MalformedURLException unusable) {
            throw new IllegalArgumentException("The issuer's keys are at no address: \"" + address + "\".", unusable);
        }
        return (selector, context) -> {
            try {
                return asked.get(selector, context);
            } catch (RateLimitReachedException asOftenAsAllowed) {
                return List.of();
            }
        };
    }

    @SafeVarargs
    private NimbusJwtDecoder decoder(
            JWKSource<SecurityContext> keys, @Nullable JOSEObjectType alsoTyped, OAuth2TokenValidator<Jwt>... more) {
        Set<JWSAlgorithm> algorithms =
                properties.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, alsoTyped, null));
        // Claims are checked below, by our clock.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        JwtTimestampValidator time = new JwtTimestampValidator(properties.clockSkew());
        time.setClock(clock);
        List<OAuth2TokenValidator<Jwt>> checks = new ArrayList<>(
                List.of(time, this::hasTimes, new JwtIssuerValidator(String.valueOf(properties.issuer()))));
        for (OAuth2TokenValidator<Jwt> another : more) {
            checks.add(another);
        }
        NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(checks));
        return decoder;
    }

    /** A token without an end would never end. */
    private OAuth2TokenValidatorResult hasTimes(Jwt token) {
        Instant issued = token.getIssuedAt();
        return token.getExpiresAt() != null
                        && issued != null
                        && !issued.isAfter(clock.instant().plus(properties.clockSkew()))
                ? OAuth2TokenValidatorResult.success()
                : refused("The token does not say when it was issued and when it ends.");
    }

    private OAuth2TokenValidatorResult hasAudience(Jwt token) {
        List<String> audience = token.getAudience();
        return audience != null && audience.contains(properties.audience())
                ? OAuth2TokenValidatorResult.success()
                : refused("The token is not meant for this API.");
    }

    /** An ID token tells a page who has signed in, and opens nothing; Keycloak says which one it is. */
    private OAuth2TokenValidatorResult isNoIdToken(Jwt token) {
        return "ID".equals(token.getClaims().get("typ")) || token.hasClaim("nonce")
                ? refused("An ID token opens nothing here; send the access token.")
                : OAuth2TokenValidatorResult.success();
    }

    private static OAuth2TokenValidatorResult refused(String reason) {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", reason, null));
    }
}
