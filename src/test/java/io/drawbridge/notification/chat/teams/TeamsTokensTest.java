package io.drawbridge.notification.chat.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.TeamsConnector;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.JwtException;

/** The keys by which Teams' tokens are checked, when they change and when they cannot be had. */
class TeamsTokensTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    private final TeamsConnector connector = new TeamsConnector();
    private final TeamsTokens tokens = new TeamsTokens(properties("/openid"), Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void close() {
        connector.close();
    }

    @Test
    @DisplayName("R70 a key that the connector has changed is fetched; its old one counts no more")
    void followsTheKeys() {
        String old = connector.sign(connector.claims(NOW));
        assertThat(tokens.check(old).channels()).contains("msteams");
        assertThat(tokens.check(old).serviceUrl()).isEqualTo(connector.serviceUrl());

        connector.rotate();

        assertThat(tokens.check(connector.sign(connector.claims(NOW))).channels())
                .contains("msteams");
        assertThatThrownBy(() -> tokens.check(old)).isInstanceOf(JwtException.class);
    }

    @Test
    @DisplayName(
            "R70 what is not meant for this bot makes nobody ask for keys; keys that nobody knows are asked for seldom")
    void asksSeldom() {
        Map<String, Object> foreign = connector.claims(NOW);
        foreign.put("aud", "11111111-2222-3333-4444-555555555555");
        assertThatThrownBy(() -> tokens.check(connector.sign(foreign))).isInstanceOf(JwtException.class);
        assertThat(connector.calls()).isEmpty();

        String unknown = connector.signByAnotherKey(connector.claims(NOW), false);
        for (int each = 0; each < 20; each++) {
            assertThatThrownBy(() -> tokens.check(unknown)).isInstanceOf(JwtException.class);
        }

        assertThat(connector.calls().stream().filter(call -> call.equals("GET /keys")))
                .as("twice, and twice more if that took ten seconds")
                .hasSizeBetween(1, 4);
    }

    @Test
    @DisplayName("R70 without the connector's keys, or with metadata of another issuer, nothing is believed")
    void failsClosed() {
        TeamsTokens without = new TeamsTokens(properties("/nowhere"), Clock.fixed(NOW, ZoneOffset.UTC));
        TeamsTokens keysAsMetadata = new TeamsTokens(properties("/keys"), Clock.fixed(NOW, ZoneOffset.UTC));
        String good = connector.sign(connector.claims(NOW));

        assertThatThrownBy(() -> without.check(good)).isInstanceOf(JwtException.class);
        assertThatThrownBy(() -> keysAsMetadata.check(good)).isInstanceOf(JwtException.class);
    }

    private TeamsProperties properties(String metadata) {
        return new TeamsProperties(
                TeamsConnector.BOT,
                TeamsConnector.SECRET,
                "botframework.com",
                List.of(),
                URI.create(connector.serviceUrl()),
                List.of(URI.create(connector.serviceUrl())),
                connector.address() + "/issuer",
                URI.create(connector.address() + metadata),
                URI.create(connector.address() + "/token"),
                "https://api.botframework.com/.default",
                Duration.ofMinutes(5));
    }
}
