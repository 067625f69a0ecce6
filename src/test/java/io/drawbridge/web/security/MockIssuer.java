package io.drawbridge.web.security;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An OIDC issuer in the test's own process: discovery, keys, authorization code with PKCE, refresh, and its own logout.
 *
 * <p>Whoever comes to its login is {@link #user} at once. It checks what an issuer has to check, and lets tests make the
 * tokens that a good one never would.
 */
final class MockIssuer implements AutoCloseable {
    static final String CLIENT = "drawbridge";
    static final String SECRET = "a secret of the test";
    static final String AUDIENCE = "drawbridge-api";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final Clock clock;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> refreshable = new ConcurrentHashMap<>();
    private volatile RSAKey key = newKey();

    /** What the issuer knows of whoever signs in next. */
    volatile Map<String, Object> user = Map.of();

    /** Whether it gives out tokens for a refresh token. */
    volatile boolean refreshes = true;

    /** What it puts into the ID token in place of the nonce, if anything. */
    volatile @Nullable String otherNonce;

    /** The queries with which its logout was called. */
    final List<Map<String, String>> logouts = new java.util.concurrent.CopyOnWriteArrayList<>();

    MockIssuer(Clock clock) {
        this.clock = clock;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        on("/.well-known/openid-configuration", call -> json(call, 200, metadata()));
        on("/keys", call -> json(call, 200, new JWKSet(key.toPublicJWK()).toJSONObject()));
        on("/authorize", this::authorize);
        on("/token", this::token);
        on("/end-session", call -> {
            logouts.add(query(call.getRequestURI().getRawQuery()));
            redirect(call, query(call.getRequestURI().getRawQuery()).getOrDefault("post_logout_redirect_uri", "/"));
        });
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on signs with a new key, and does not know the old one. */
    void rotate() {
        key = newKey();
    }

    /** The claims of a good access token for that person; tests change what they want to be bad. */
    Map<String, Object> claims(String email) {
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", address());
        claims.put("aud", List.of(AUDIENCE));
        claims.put("sub", "subject of " + email);
        claims.put("email", email);
        claims.put("email_verified", true);
        claims.put("tenant", "acme");
        claims.put("groups", List.of("engineers"));
        claims.put("iat", now);
        claims.put("exp", now.plus(Duration.ofMinutes(5)));
        return claims;
    }

    String sign(Map<String, Object> claims) {
        return sign(claims, JWSAlgorithm.RS256, key, "JWT");
    }

    /** Signed by a key that the issuer does not have, under the id of one that it has. */
    String signByAnotherKey(Map<String, Object> claims) {
        RSAKey other = new RSAKey.Builder(newKey()).keyID(key.getKeyID()).build();
        return sign(claims, JWSAlgorithm.RS256, other, "JWT");
    }

    String sign(Map<String, Object> claims, JWSAlgorithm algorithm, String type) {
        return sign(claims, algorithm, key, type);
    }

    String unsigned(Map<String, Object> claims) {
        return new PlainJWT(set(claims)).serialize();
    }

    /** Signed with the public key, which everybody knows, as if it were a shared secret. */
    String signWithThePublicKey(Map<String, Object> claims) {
        try {
            return sign(
                    claims,
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    new MACSigner(key.toRSAPublicKey().getEncoded()));
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String sign(Map<String, Object> claims, JWSAlgorithm algorithm, RSAKey by, String type) {
        try {
            return sign(
                    claims,
                    new JWSHeader.Builder(algorithm)
                            .keyID(by.getKeyID())
                            .type(new JOSEObjectType(type))
                            .build(),
                    new RSASSASigner(by));
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String sign(Map<String, Object> claims, JWSHeader header, JWSSigner signer) throws JOSEException {
        SignedJWT token = new SignedJWT(header, set(claims));
        token.sign(signer);
        return token.serialize();
    }

    private static JWTClaimsSet set(Map<String, Object> claims) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach((name, value) -> set.claim(name, value instanceof Instant at ? Date.from(at) : value));
        return set.build();
    }

    private Map<String, Object> metadata() {
        return Map.of(
                "issuer", address(),
                "authorization_endpoint", address() + "/authorize",
                "token_endpoint", address() + "/token",
                "jwks_uri", address() + "/keys",
                "end_session_endpoint", address() + "/end-session",
                "response_types_supported", List.of("code"),
                "subject_types_supported", List.of("public"),
                "token_endpoint_auth_methods_supported", List.of("client_secret_basic"),
                "id_token_signing_alg_values_supported", List.of("RS256"));
    }

    private void authorize(HttpExchange call) throws IOException {
        Map<String, String> asked = query(call.getRequestURI().getRawQuery());
        if (!CLIENT.equals(asked.get("client_id"))
                || !"code".equals(asked.get("response_type"))
                || !"S256".equals(asked.get("code_challenge_method"))
                || asked.get("nonce") == null
                || asked.get("state") == null) {
            json(call, 400, Map.of("error", "invalid_request"));
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        redirect(
                call,
                asked.get("redirect_uri") + "?code=" + code + "&state="
                        + URLEncoder.encode(asked.getOrDefault("state", ""), StandardCharsets.UTF_8));
    }

    private void token(HttpExchange call) throws IOException {
        Map<String, String> form = query(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String basic = "Basic "
                + Base64.getEncoder()
                        .encodeToString((CLIENT + ":" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8));
        if (!basic.equals(call.getRequestHeaders().getFirst("Authorization"))) {
            json(call, 401, Map.of("error", "invalid_client"));
        } else if ("refresh_token".equals(form.get("grant_type"))) {
            Map<String, Object> known = refreshable.get(form.getOrDefault("refresh_token", ""));
            if (known == null || !refreshes) {
                json(call, 400, Map.of("error", "invalid_grant"));
            } else {
                json(call, 200, tokens(String.valueOf(known.get("email")), null));
            }
        } else {
            Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
            if (asked == null
                    || !String.valueOf(asked.get("redirect_uri")).equals(form.get("redirect_uri"))
                    || !challenge(form.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))) {
                json(call, 400, Map.of("error", "invalid_grant"));
            } else {
                json(call, 200, tokens(String.valueOf(user.get("email")), asked.get("nonce")));
            }
        }
    }

    private Map<String, Object> tokens(String email, @Nullable String nonce) {
        Map<String, Object> claims = claims(email);
        claims.putAll(user);
        claims.put("aud", CLIENT);
        if (nonce != null) {
            claims.put("nonce", otherNonce == null ? nonce : otherNonce);
        }
        String refresh = UUID.randomUUID().toString();
        refreshable.put(refresh, claims);
        return Map.of(
                "access_token",
                sign(claims(email)),
                "token_type",
                "Bearer",
                "expires_in",
                300,
                "refresh_token",
                refresh,
                "id_token",
                sign(claims));
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private interface Answering {
        void answer(HttpExchange call) throws IOException;
    }

    private void on(String path, Answering answering) {
        server.createContext(path, call -> {
            try (call) {
                answering.answer(call);
            }
        });
    }

    private static void json(HttpExchange call, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(status, bytes.length);
        call.getResponseBody().write(bytes);
    }

    private static void redirect(HttpExchange call, String to) throws IOException {
        call.getResponseHeaders().set("Location", to);
        call.sendResponseHeaders(302, -1);
    }

    static Map<String, String> query(@Nullable String text) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String pair : text == null || text.isEmpty() ? new String[0] : text.split("&")) {
            String[] parts = pair.split("=", 2);
            found.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return found;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
