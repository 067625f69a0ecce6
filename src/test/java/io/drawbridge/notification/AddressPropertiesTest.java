package io.drawbridge.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPropertiesTest {

    @Test
    void linksBeginWithoutASlashTooMany() {
        assertThat(new AddressProperties(URI.create("https://drawbridge.example.com/")).baseUrl())
                .hasToString("https://drawbridge.example.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "drawbridge.example.com",
                "ftp://example.com",
                "https:///x",
                "https://u:p@x.example",
                "https://x.example?a=b",
                "https://x.example#a"
            })
    void refusesWhatCannotBeginALink(String address) {
        assertThatThrownBy(() -> new AddressProperties(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drawbridge.base-url \"" + address + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nobody", "a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com"})
    void refusesWhatIsNoSender(String from) {
        assertThatThrownBy(() -> new MailProperties(from))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drawbridge.mail.from");
    }
}
