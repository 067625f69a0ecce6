package io.drawbridge.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import io.drawbridge.stage.StandingClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtException;

/** How the issuer is asked, also one that does not answer, and whose tokens are taken. */
@DisplayName("The issuer")
@Timeout(60)
class IssuerTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final StandingClock clock = new StandingClock(Instant.parse("2026-01-15T12:00:00Z"));
    private final MockIssuer tokens = new MockIssuer(clock);
    private final SilentServer silent = new SilentServer();

    @AfterEach
    void close() throws IOException {
        tokens.close();
        silent.close();
    }

    @Test
    @DisplayName("R70 is not asked about what cannot be a token of its own")
    void isNotAskedAboutOthersTokens() {
        Issuer issuer = issuer(SHORT, SHORT);

        for (String token : List.of(
                "x.y.z",
                "none",
                tokens.sign(tokens.claims("alice@acme.example")),
                tokens.unsigned(claims()),
                tokens.signWithThePublicKey(claims()),
                tokens.sign(claims(), JWSAlgorithm.PS512, "JWT"))) {
            assertThatThrownBy(() -> issuer.bearerTokens().decode(token)).isInstanceOf(BadJwtException.class);
        }
        assertThat(silent.calls).isEmpty();
    }

    @Test
    @DisplayName(
            "R70 that does not answer makes one call wait for it, and all others are told at once that nobody can be signed in")
    void holdsUpOneCallOnly() throws Exception {
        Issuer issuer = issuer(LONG, SHORT);
        CompletableFuture<@Nullable Throwable> first = CompletableFuture.supplyAsync(() -> failure(issuer));
        Socket asked = silent.calls.poll(30, TimeUnit.SECONDS);
        assertThat(asked).isNotNull();

        for (int call = 0; call < 10; call++) {
            assertThat(failure(issuer)).isInstanceOf(JwtException.class).isNotInstanceOf(BadJwtException.class);
        }

        assertThat(first).isNotDone();
        assertThat(silent.calls).isEmpty();
        silent.close();
        assertThat(first.get(30, TimeUnit.SECONDS))
                .isInstanceOf(JwtException.class)
                .isNotInstanceOf(BadJwtException.class);
    }

    @Test
    @DisplayName("R70 is left alone for 10 s after it did not answer, and asked again then")
    void isLeftAloneForAWhile() throws Exception {
        Issuer issuer = issuer(SHORT, SHORT);
        assertThat(failure(issuer)).isInstanceOf(JwtException.class);
        assertThat(silent.calls.poll(30, TimeUnit.SECONDS)).isNotNull();

        clock.moveBy(Duration.ofMillis(9_999));
        assertThat(failure(issuer)).isInstanceOf(JwtException.class);
        assertThatThrownBy(issuer::registration)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(silent.address());
        assertThat(silent.calls.poll(100, TimeUnit.MILLISECONDS)).isNull();

        clock.moveBy(Duration.ofMillis(1));
        assertThat(failure(issuer)).isInstanceOf(JwtException.class);
        assertThat(silent.calls.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    @DisplayName(
            "R70 is not believed by its ID tokens: what could be an ID token opens nothing where audience and client are the same")
    void wantsASignOfAnAccessToken() {
        Issuer issuer = new Issuer(
                SignInAtIssuerTest.properties(URI.create(tokens.address())),
                new MockEnvironment(),
                clock,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
        // As an ID token that was refreshed: without a nonce.
        Map<String, Object> claims = tokens.claims("alice@acme.example");
        claims.put("aud", MockIssuer.CLIENT);

        assertThatThrownBy(() -> issuer.bearerTokens().decode(tokens.sign(claims)))
                .isInstanceOf(BadJwtException.class)
                .hasMessageContaining("ID token");
        Map<String, Object> withRolesOnly = new LinkedHashMap<>(claims);
        withRolesOnly.put("roles", List.of("hands-in"));
        assertThatThrownBy(() -> issuer.bearerTokens().decode(tokens.sign(withRolesOnly)))
                .isInstanceOf(BadJwtException.class);
        assertThat(issuer.loginTokens().decode(tokens.sign(claims)).getSubject())
                .isEqualTo(claims.get("sub"));

        assertThat(issuer.bearerTokens().decode(tokens.sign(claims, JWSAlgorithm.RS256, "at+jwt")))
                .isNotNull();
        for (Map<String, Object> sign : List.<Map<String, Object>>of(
                Map.of("scope", "openid email"),
                Map.of("scp", "access"),
                Map.of("typ", "Bearer"),
                Map.of("roles", List.of("hands-in"), "client_id", "forwarder", "sub", "forwarder"))) {
            Map<String, Object> signed = new LinkedHashMap<>(claims);
            signed.putAll(sign);
            assertThat(issuer.bearerTokens().decode(tokens.sign(signed)))
                    .as("%s", sign)
                    .isNotNull();
        }
    }

    private Issuer issuer(Duration wait, Duration waitForOthers) {
        return new Issuer(
                SignInAtIssuerTest.properties(URI.create(silent.address())),
                new MockEnvironment(),
                clock,
                wait,
                waitForOthers);
    }

    private Map<String, Object> claims() {
        Map<String, Object> claims = tokens.claims("alice@acme.example");
        claims.put("iss", silent.address());
        return claims;
    }

    private @Nullable Throwable failure(Issuer issuer) {
        try {
            issuer.bearerTokens().decode(tokens.sign(claims()));
            return null;
        } catch (RuntimeException failure) {
            return failure;
        }
    }

    /** Takes every connection, and never says a word. */
    private static final class SilentServer {
        private final ServerSocket door;
        private final BlockingQueue<Socket> calls = new LinkedBlockingQueue<>();
        private final BlockingQueue<Socket> open = new LinkedBlockingQueue<>();

        SilentServer() {
            try {
                door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            Thread accepting = new Thread(this::accept, "silent server");
            accepting.setDaemon(true);
            accepting.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket call = door.accept();
                    open.add(call);
                    calls.add(call);
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        String address() {
            return "http://127.0.0.1:" + door.getLocalPort();
        }

        void close() throws IOException {
            door.close();
            for (Socket call : open) {
                call.close();
            }
        }
    }
}
