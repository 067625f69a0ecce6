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
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.http.HttpClient;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;

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

    /** Longest time for a connection to the issuer, and for each part of its answer. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    /** Longest time that a call waits for what another call is asking the issuer at that moment. */
    private static final Duration WAIT_FOR_OTHERS = Duration.ofSeconds(1);

    /** For that long after it could not be asked, the issuer is left alone. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

    private static final int MOST_BYTES = 512 * 1024;
    private static final String METADATA = "/.well-known/openid-configuration";

    private final SignInProperties properties;
    private final Environment environment;
    private final Clock clock;
    private final Duration wait;
    private final Duration waitForOthers;
    private final AtomicReference<@Nullable Attempt> attempt = new AtomicReference<>();

    Issuer(SignInProperties properties, Environment environment, Clock clock) {
        this(properties, environment, clock, WAIT, WAIT_FOR_OTHERS);
    }

    Issuer(SignInProperties properties, Environment environment, Clock clock, Duration wait, Duration waitForOthers) {
        this.properties = properties;
        this.environment = environment;
        this.clock = clock;
        this.wait = wait;
        this.waitForOthers = waitForOthers;
    }

    /** Calls the issuer, and gives up after {@link #WAIT}: whoever asks it holds one of the server's threads. */
    static ClientHttpRequestFactory calls() {
        JdkClientHttpRequestFactory calls = new JdkClientHttpRequestFactory(
                HttpClient.newBuilder().connectTimeout(WAIT).build());
        calls.setReadTimeout(WAIT);
        return calls;
    }

    /** Calls the token endpoint, as Spring Security would, and gives up as {@link #calls()} does. */
    static RestClient tokenCalls() {
        return RestClient.builder()
                .requestFactory(calls())
                .messageConverters(converters -> {
                    converters.clear();
                    converters.add(new FormHttpMessageConverter());
                    converters.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build();
    }

    /** What the issuer has said of itself. */
    private record Known(ClientRegistration registration, NimbusJwtDecoder bearer, NimbusJwtDecoder login) {}

    /** One try to ask the issuer, made by the call that needed it first. */
    private static final class Attempt {
        private final CompletableFuture<Known> answer = new CompletableFuture<>();
        private volatile Instant failedAt = Instant.MAX;

        /** Does nothing once there is an answer. */
        private void fails(Exception why, Instant now) {
            if (!answer.isDone()) {
                failedAt = now;
                answer.completeExceptionally(why);
            }
        }

        private boolean failedLongBefore(Instant now) {
            return answer.isCompletedExceptionally() && !now.isBefore(failedAt.plus(LEFT_ALONE));
        }
    }

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
        return token -> {
            refuseForeign(token);
            return reachable().bearer().decode(token);
        };
    }

    /** What cannot be a token of the issuer, whoever signed it, makes nobody ask the issuer. */
    private void refuseForeign(String token) {
        try {
            JWT read = JWTParser.parse(token);
            if (!properties
                    .algorithms()
                    .contains(read.getHeader().getAlgorithm().getName())) {
                throw new BadJwtException("The token is signed by no algorithm that is taken.");
            }
            if (!String.valueOf(properties.issuer())
                    .equals(read.getJWTClaimsSet().getIssuer())) {
                throw new BadJwtException("The token is of another issuer.");
            }
        } catch (ParseException none) {
            throw new BadJwtException("This is no token.", none);
        }
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

    /** Asked outside of any lock: while the issuer does not answer, one call waits for it and the others are told so. */
    private Known known() {
        Attempt mine = new Attempt();
        Instant now = clock.instant();
        Attempt current = attempt.updateAndGet(last -> last == null || last.failedLongBefore(now) ? mine : last);
        if (current == mine) {
            try {
                mine.answer.complete(ask());
            } catch (RuntimeException | IOException | ParseException unreachable) {
                mine.fails(unreachable, clock.instant());
            } finally {
                mine.fails(new IllegalStateException("Asking the issuer broke off."), clock.instant());
            }
        }
        return answerOf(current);
    }

    private Known answerOf(Attempt attempted) {
        try {
            return attempted.answer.get(waitForOthers.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unreachable) {
            throw unavailable(unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(interrupted);
        }
    }

    private IllegalArgumentException unavailable(Exception cause) {
        return new IllegalArgumentException(
                "The issuer \"" + properties.issuer() + "\" cannot be asked; expected its metadata at \""
                        + properties.issuer() + METADATA + "\".",
                cause);
    }

    private Known ask() throws IOException, ParseException {
        String secret = properties.clientSecret();
        ClientRegistration.Builder described = ClientRegistrations.fromOidcConfiguration(metadata());
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

    private Map<String, Object> metadata() throws IOException, ParseException {
        String issuer = String.valueOf(properties.issuer());
        Map<String, Object> said = JSONObjectUtils.parse(
                pages().retrieveResource(URI.create(StringUtils.trimTrailingCharacter(issuer, '/') + METADATA)
                                .toURL())
                        .getContent());
        if (!issuer.equals(said.get("issuer"))) {
            throw new IllegalArgumentException("The issuer \"" + issuer + "\" names itself \"" + said.get("issuer")
                    + "\"; write drawbridge.sign-in.issuer as it does.");
        }
        return said;
    }

    private ResourceRetriever pages() {
        int millis = Math.toIntExact(wait.toMillis());
        return new DefaultResourceRetriever(millis, millis, MOST_BYTES);
    }

    private String baseUrl() {
        String address = environment.getProperty("drawbridge.base-url", "http://127.0.0.1:8080");
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }

    private JWKSource<SecurityContext> keys(String address) {
        JWKSource<SecurityContext> asked;
        try {
            asked = JWKSourceBuilder.<SecurityContext>create(URI.create(address).toURL(), pages())
                    .cache(KEYS_KEPT.toMillis(), waitForOthers.toMillis())
                    .refreshAheadCache(false)
                    .rateLimited(KEYS_ASKED_AGAIN.toMillis())
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

    /**
     * An ID token tells a page who has signed in, and opens nothing. Its audience is the client; where an access token's is
     * the same, one has to be known by something that an ID token never has, as a refreshed one need not have a nonce
     * (OpenID Connect Core 1.0, section 12.2).
     */
    private OAuth2TokenValidatorResult isNoIdToken(Jwt token) {
        boolean idToken = "ID".equals(token.getClaims().get("typ"))
                || Stream.of("nonce", "at_hash", "c_hash").anyMatch(token::hasClaim);
        boolean alike = properties.audience().equals(properties.clientId());
        return idToken || (alike && !isAccessToken(token))
                ? refused("An ID token opens nothing here; send the access token.")
                : OAuth2TokenValidatorResult.success();
    }

    private boolean isAccessToken(Jwt token) {
        String type = String.valueOf(token.getHeaders().get("typ")).toLowerCase(Locale.ROOT);
        return type.equals("at+jwt")
                || type.equals("application/at+jwt")
                || "Bearer".equals(token.getClaims().get("typ"))
                || token.hasClaim("scope")
                || token.hasClaim("scp")
                || SignInClaims.isService(token.getClaims(), properties);
    }

    private static OAuth2TokenValidatorResult refused(String reason) {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", reason, null));
    }
}
