package io.drawbridge.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The Bot Connector's part of Teams, over HTTP on this machine: conversations with their messages and members, the issuer
 * whose tokens Teams sends, and Entra's tokens for the bot. Shaped from Microsoft's references, and ours.
 */
public final class TeamsConnector implements AutoCloseable {
    public static final String BOT = "0d5a3c1e-7c1a-4a53-9d7e-4f1b6f0c2a11";
    public static final String SECRET = "the secret of the bot in tests";
    public static final String ACME = "6f1f4b1e-58a3-4d0c-8a55-0c6d1b6f7a01";
    public static final String GLOBEX = "6f1f4b1e-58a3-4d0c-8a55-0c6d1b6f7a02";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static @Nullable TeamsConnector shared;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final Map<String, Map<String, JsonNode>> conversations = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> members = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile RSAKey key = newKey();
    private final Set<String> bearers = ConcurrentHashMap.newKeySet();

    /** What is answered in place of what would be; null while all is well. */
    private volatile @Nullable Fault fault;

    /**
     * A fault.
     *
     * @param status 0 breaks the connection off
     * @param retryAfter the header of that name, null for none
     * @param done whether what was asked for is done nevertheless, and only the answer goes wrong
     */
    public record Fault(int status, @Nullable String retryAfter, boolean done) {}

    /** One of its own, for who changes its keys. */
    public TeamsConnector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", call -> {
            try (call) {
                answer(call);
            }
        });
        server.start();
    }

    /** The one of this machine; started by the first who asks. */
    public static synchronized TeamsConnector server() {
        if (shared == null) {
            shared = new TeamsConnector();
        }
        return shared;
    }

    /** As if nothing had ever been said. */
    public void clear() {
        conversations.clear();
        members.clear();
        fault = null;
        forgetCalls();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The service URL of everybody here. */
    public String serviceUrl() {
        return address() + "/teams/";
    }

    public void fails(@Nullable Fault how) {
        fault = how;
    }

    /** Method and path of each call, oldest first. */
    public List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public void forgetCalls() {
        synchronized (calls) {
            calls.clear();
        }
    }

    /** Somebody of an organisation, with the private chat that he would have with the bot. */
    public record Member(String organisation, String id, String user, String conversation) {}

    /** Somebody whom the connector knows. */
    public Member member(String organisation, String address, String role) {
        String id = UUID.nameUUIDFromBytes((organisation + address).getBytes(StandardCharsets.UTF_8))
                .toString();
        Member member = new Member(organisation, id, "29:" + id.replace("-", ""), "a:" + id);
        members.put(
                id,
                Map.of(
                        "id", member.user(),
                        "aadObjectId", id,
                        "name", "Somebody called " + address,
                        "email", address,
                        "userPrincipalName", address,
                        "tenantId", organisation,
                        "userRole", role));
        return member;
    }

    /** The messages of a conversation as they are now, oldest first. */
    public List<JsonNode> messages(String conversation) {
        Map<String, JsonNode> found = conversations.get(conversation);
        if (found == null) {
            return List.of();
        }
        synchronized (found) {
            return List.copyOf(found.values());
        }
    }

    /** Somebody has deleted what stood there. */
    public void delete(String conversation) {
        conversations.remove(conversation);
    }

    /** The claims of a good token for the bot; tests change what they want to be bad. */
    public Map<String, Object> claims(Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", address() + "/issuer");
        claims.put("aud", BOT);
        claims.put("serviceurl", serviceUrl());
        claims.put("nbf", now.minusSeconds(60));
        claims.put("exp", now.plus(Duration.ofHours(1)));
        return claims;
    }

    public String sign(Map<String, Object> claims) {
        return sign(claims, key);
    }

    /** Signed by a key that the connector does not publish, under the id of one that it does, or under another. */
    public String signByAnotherKey(Map<String, Object> claims, boolean sameId) {
        RSAKey other = newKey();
        return sign(
                claims, sameId ? new RSAKey.Builder(other).keyID(key.getKeyID()).build() : other);
    }

    /** Signed by HMAC, under the id of the key that the connector publishes and with that key as the secret. */
    public String signByThePublicKeyAsSecret(Map<String, Object> claims) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claimsSet(claims));
            token.sign(new MACSigner(key.toPublicKey().getEncoded()));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Signed by the key that speaks for another channel only. */
    public String signForAnotherChannel(Map<String, Object> claims) {
        return sign(claims, WEB_CHAT);
    }

    /** From now on signs with a new key, and does not publish the old one. */
    public void rotate() {
        key = newKey();
    }

    private static final RSAKey WEB_CHAT = newKey();

    private static String sign(Map<String, Object> claims, RSAKey by) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(by.getKeyID()).build(), claimsSet(claims));
        try {
            token.sign(new RSASSASigner(by));
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
        return token.serialize();
    }

    private static JWTClaimsSet claimsSet(Map<String, Object> claims) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach((name, value) -> set.claim(name, value instanceof Instant at ? Date.from(at) : value));
        return set.build();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void answer(HttpExchange call) throws IOException {
        String path = call.getRequestURI().getRawPath();
        synchronized (calls) {
            calls.add(call.getRequestMethod() + " " + path);
        }
        byte[] body = call.getRequestBody().readAllBytes();
        switch (path) {
            case "/openid" -> json(call, 200, Map.of("issuer", address() + "/issuer", "jwks_uri", address() + "/keys"));
            case "/keys" ->
                json(call, 200, Map.of("keys", List.of(published(key, "msteams"), published(WEB_CHAT, "webchat"))));
            case "/token" -> token(call, new String(body, StandardCharsets.UTF_8));
            default -> {
                if (path.startsWith("/teams/v3/conversations")) {
                    connector(call, path, body);
                } else {
                    json(call, 404, Map.of());
                }
            }
        }
    }

    private static Map<String, Object> published(RSAKey key, String channel) {
        Map<String, Object> published = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
        published.put("endorsements", List.of(channel, "another"));
        return published;
    }

    private void token(HttpExchange call, String form) throws IOException {
        boolean right = form.contains("grant_type=client_credentials")
                && form.contains("client_id=" + BOT)
                && form.contains("client_secret=the%20secret%20of%20the%20bot%20in%20tests")
                && form.contains("scope=https%3A%2F%2Fapi.botframework.com%2F.default");
        if (right) {
            String bearer = UUID.randomUUID().toString();
            bearers.add(bearer);
            json(call, 200, Map.of("token_type", "Bearer", "expires_in", 3600, "access_token", bearer));
        } else {
            json(call, 401, Map.of("error", "invalid_client"));
        }
    }

    /** The bot's tokens are unknown from now on. */
    public void forgetBearers() {
        bearers.clear();
    }

    private void connector(HttpExchange call, String path, byte[] body) throws IOException {
        Fault now = fault;
        if (now != null && !now.done()) {
            fault(call, now);
            return;
        }
        String shown = String.valueOf(call.getRequestHeaders().getFirst("Authorization"));
        if (!shown.startsWith("Bearer ") || !bearers.contains(shown.substring("Bearer ".length()))) {
            json(call, 401, Map.of("error", Map.of("code", "Unauthorized")));
            return;
        }
        String[] parts = path.substring("/teams/v3/conversations".length()).split("/", -1);
        Map<String, Object> answer;
        int status = 200;
        if (parts.length < 2) {
            JsonNode asked = JSON.readTree(body);
            String who = asked.at("/members/0/id").asText();
            Map<String, Object> found = member(who);
            if (found == null || !asked.at("/tenantId").asText().equals(found.get("tenantId"))) {
                json(call, 403, Map.of("error", Map.of("code", "BotNotInConversationRoster")));
                return;
            }
            status = 201;
            answer = Map.of("id", "a:" + found.get("aadObjectId"));
        } else if (parts[2].equals("members")) {
            Map<String, Object> found = member(decoded(parts[3]));
            status = found == null ? 404 : 200;
            answer = found == null ? Map.of("error", Map.of("code", "MemberNotFoundInConversation")) : found;
        } else {
            Map<String, JsonNode> messages =
                    conversations.computeIfAbsent(decoded(parts[1]), id -> new LinkedHashMap<>());
            String id = parts.length > 3 ? decoded(parts[3]) : "m" + numbers.incrementAndGet();
            ObjectNode activity = (ObjectNode) JSON.readTree(body);
            activity.put("id", id);
            synchronized (messages) {
                if (call.getRequestMethod().equals("PUT") && !messages.containsKey(id)) {
                    json(call, 404, Map.of("error", Map.of("code", "ActivityNotFoundInConversation")));
                    return;
                }
                messages.put(id, activity);
            }
            status = call.getRequestMethod().equals("PUT") ? 200 : 201;
            answer = Map.of("id", id);
        }
        if (now != null) {
            fault(call, now);
        } else {
            json(call, status, answer);
        }
    }

    private @Nullable Map<String, Object> member(String who) {
        return members.values().stream()
                .filter(each -> who.equals(each.get("id")) || who.equals(each.get("aadObjectId")))
                .findFirst()
                .orElse(null);
    }

    private static void fault(HttpExchange call, Fault fault) throws IOException {
        if (fault.status() == 0) {
            return;
        }
        if (fault.retryAfter() != null) {
            call.getResponseHeaders().set("Retry-After", fault.retryAfter());
        }
        json(call, fault.status(), Map.of("error", Map.of("code", "Fault")));
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void json(HttpExchange call, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        call.getResponseHeaders().set("Content-Type", "application/json");
        call.sendResponseHeaders(status, bytes.length);
        call.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
