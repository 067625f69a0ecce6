package io.drawbridge.notification.chat.teams;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Proves that the Bot Connector has sent something: by the token in its {@code Authorization} header, which one of the keys
 * has signed that the connector publishes (Bot Framework, "Authentication with the Bot Connector API", connector to bot).
 *
 * <p>The token vouches for a service URL, and its key for channels; whoever reads the activity compares both with it. The
 * body itself is not signed: what keeps it from being changed on its way is TLS.
 */
final class TeamsTokens {
    private static final Duration KEYS_KEPT = Duration.ofHours(12);

    /** A token with a key that nobody knows makes us ask for the keys again, twice in that time at most. */
    private static final Duration KEYS_ASKED_AGAIN = Duration.ofSeconds(10);

    /** Longest time for a connection to the issuer, and for each part of its answer. */
    private static final Duration WAIT = Duration.ofSeconds(4);

    /** Longest time that a call waits for what another call is asking the issuer at that moment. */
    private static final Duration WAIT_FOR_OTHERS = Duration.ofSeconds(1);

    private static final int MOST_BYTES = 512 * 1024;
    private static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

    private final TeamsProperties properties;
    private final Clock clock;
    private final NimbusJwtDecoder decoder;
    private volatile Map<String, Set<String>> endorsements = Map.of();

    TeamsTokens(TeamsProperties properties, Clock clock) {
        this.properties = properties;
        this.clock = clock;
        this.decoder = decoder();
    }

    /**
     * What a token vouches for.
     *
     * @param serviceUrl where answers may be sent to; null if it says nothing of it
     * @param channels that its key speaks for, such as {@code msteams}
     */
    record Vouched(@Nullable String serviceUrl, Set<String> channels) {}

    /**
     * Checks signature, issuer, audience and time.
     *
     * @throws JwtException if it is no token of the connector for this bot, or if the connector's keys cannot be asked for
     */
    Vouched check(String token) {
        refuseForeign(token);
        Jwt read = decoder.decode(token);
        Object key = read.getHeaders().get("kid");
        return new Vouched(
                read.getClaimAsString("serviceurl"), endorsements.getOrDefault(String.valueOf(key), Set.of()));
    }

    /** What cannot be meant for this bot, whoever signed it, makes nobody ask for keys. */
    private void refuseForeign(String token) {
        try {
            if (!(JWTParser.parse(token) instanceof SignedJWT signed)
                    || !ALGORITHM.equals(signed.getHeader().getAlgorithm())
                    || signed.getHeader().getKeyID() == null) {
                throw new JwtException("The token is not signed as the connector signs.");
            }
            if (!properties.issuer().equals(signed.getJWTClaimsSet().getIssuer())
                    || !signed.getJWTClaimsSet().getAudience().equals(List.of(properties.appId()))) {
                throw new JwtException("The token is of another issuer, or for another bot.");
            }
        } catch (ParseException none) {
            throw new JwtException("This is no token.", none);
        }
    }

    private NimbusJwtDecoder decoder() {
        JWKSource<SecurityContext> asked = JWKSourceBuilder.create(new Published())
                .cache(KEYS_KEPT.toMillis(), WAIT_FOR_OTHERS.toMillis())
                .refreshAheadCache(false)
                .rateLimited(KEYS_ASKED_AGAIN.toMillis())
                .build();
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHM, (selector, context) -> {
            try {
                return asked.get(selector, context);
            } catch (RateLimitReachedException asOftenAsAllowed) {
                return List.of();
            }
        }));
        // Claims are checked below, by our clock.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        JwtTimestampValidator time = new JwtTimestampValidator(properties.clockSkew());
        time.setClock(clock);
        NimbusJwtDecoder made = new NimbusJwtDecoder(processor);
        made.setJwtValidator(new DelegatingOAuth2TokenValidator<>(List.of(
                time,
                new JwtIssuerValidator(properties.issuer()),
                token -> token.getExpiresAt() != null ? OAuth2TokenValidatorResult.success() : endless())));
        return made;
    }

    private static OAuth2TokenValidatorResult endless() {
        return OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "The token does not say when it ends.", null));
    }

    /** The keys as the connector publishes them, with the channels that each of them speaks for. */
    private final class Published implements JWKSetSource<SecurityContext> {
        private final DefaultResourceRetriever pages = new DefaultResourceRetriever(
                Math.toIntExact(WAIT.toMillis()), Math.toIntExact(WAIT.toMillis()), MOST_BYTES);

        @Override
        public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
                throws RemoteKeySourceException {
            try {
                Map<String, Object> metadata = fetch(properties.openidMetadata());
                if (!properties.issuer().equals(metadata.get("issuer"))) {
                    throw new IOException("The metadata at \"" + properties.openidMetadata() + "\" is of the issuer \""
                            + metadata.get("issuer") + "\"; expected \"" + properties.issuer() + "\".");
                }
                Map<String, Object> published = fetch(URI.create(JSONObjectUtils.getString(metadata, "jwks_uri")));
                JWKSet keys = JWKSet.parse(published);
                Map<String, Set<String>> found = new HashMap<>();
                for (Map<String, Object> key : JSONObjectUtils.getJSONObjectArray(published, "keys")) {
                    List<String> channels = JSONObjectUtils.getStringList(key, "endorsements");
                    found.put(String.valueOf(key.get("kid")), channels == null ? Set.of() : new HashSet<>(channels));
                }
                endorsements = Map.copyOf(found);
                return keys;
            } catch (IOException | ParseException | IllegalArgumentException failure) {
                throw new RemoteKeySourceException("The connector's keys cannot be read.", failure);
            }
        }

        private Map<String, Object> fetch(URI address) throws IOException, ParseException {
            return JSONObjectUtils.parse(pages.retrieveResource(address.toURL()).getContent());
        }

        @Override
        public void close() {
            // Holds nothing open.
        }
    }
}
