package io.drawbridge.notification.chat.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the configuration of Teams is taken. */
class TeamsPropertiesTest {
    private static final String BOT = "0d5a3c1e-7c1a-4a53-9d7e-4f1b6f0c2a11";

    @ParameterizedTest(name = "nothing is sent to {0}")
    @ValueSource(
            strings = {
                "http://smba.trafficmanager.net/emea/",
                "https://smba.trafficmanager.net.evil.example/",
                "https://smba.trafficmanager.net@evil.example/",
                "https://evil.example/smba.trafficmanager.net/",
                "https://smba.trafficmanager.net:8443/",
                "https://smba.trafficmanager.net/emea?x=https://evil.example",
                "https://smba.trafficmanager.net/emea#",
                "https://smba.trafficmanager.net/../x",
                "https://smba.trafficmanager.net/%2e%2e/x",
                "//smba.trafficmanager.net/",
                "not an address",
                ""
            })
    void othersAreNotListed(String address) {
        assertThat(of("https://smba.trafficmanager.net/").lists(address)).isFalse();
    }

    @Test
    @DisplayName("a service URL is on the list by host and beginning of its path, with or without its last slash")
    void listed() {
        assertThat(of("https://smba.trafficmanager.net/").lists("https://smba.trafficmanager.net/emea/"))
                .isTrue();
        assertThat(of("https://smba.trafficmanager.net/").lists("https://SMBA.trafficmanager.net"))
                .isTrue();
        assertThat(of("https://smba.trafficmanager.net/emea").lists("https://smba.trafficmanager.net/emea"))
                .isTrue();
        for (String like : List.of(
                "https://smba.trafficmanager.net/emeaevil",
                "https://smba.trafficmanager.net.evil.example/emea/",
                "https://evil-smba.trafficmanager.net/emea/",
                "https://smba.trafficmanager.net@evil.example/emea/",
                "https://evil.example/https://smba.trafficmanager.net/emea/",
                "https://smba.trafficmanager.net:444/emea/",
                "http://smba.trafficmanager.net/emea/",
                "https://smba.trafficmanager.net/emea/../teams/",
                "https://smba.trafficmanager.net/emea/%2e%2e/",
                "https://smba.trafficmanager.net/emea/?to=https://evil.example/",
                "https://smba.trafficmanager.net/emea/#",
                "https://smba.trafficmanager.net\\@evil.example/emea/",
                "//smba.trafficmanager.net/emea/",
                "")) {
            assertThat(of("https://smba.trafficmanager.net/emea").lists(like))
                    .as(like)
                    .isFalse();
        }
    }

    @Test
    @DisplayName("an address without TLS is refused, and the secret is not shown")
    void protectedOnly() {
        assertThatThrownBy(() -> of("http://smba.trafficmanager.net/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https");
        assertThat(of("https://smba.trafficmanager.net/").toString()).doesNotContain("hidden");
        assertThatThrownBy(() -> new TeamsProperties.Organisation("acme", "acme", null))
                .hasMessageContaining("GUID");
    }

    private static TeamsProperties of(String listed) {
        return new TeamsProperties(
                BOT,
                "hidden",
                "botframework.com",
                List.of(),
                URI.create(listed),
                List.of(URI.create(listed)),
                "https://api.botframework.com",
                URI.create("https://login.botframework.com/v1/.well-known/openidconfiguration"),
                null,
                "https://api.botframework.com/.default",
                Duration.ofMinutes(5));
    }
}
