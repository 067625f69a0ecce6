package io.drawbridge.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AesSealTest {
    private static final String OLD = key('o');
    private static final String NEW = key('n');

    @Test
    void opensWhatItSealedForThatPlaceOnly() {
        AesSeal seal = seal(OLD);
        String sealed = seal.seal("a secret", "channel-1");

        assertThat(seal.open(sealed, "channel-1")).isEqualTo("a secret");
        assertThat(sealed).doesNotContain("secret").isNotEqualTo(seal.seal("a secret", "channel-1"));
        assertThatIllegalStateException()
                .isThrownBy(() -> seal.open(sealed, "channel-2"))
                .withMessageContaining("changed in the database");
        String forged = sealed.substring(0, sealed.length() - 4) + "AAA=";
        assertThatIllegalStateException().isThrownBy(() -> seal.open(forged, "channel-1"));
    }

    @Test
    void opensWithOldKeysAndSealsWithTheFirst() {
        String sealed = seal(OLD).seal("a secret", "channel-1");
        AesSeal both = seal(NEW, OLD);

        assertThat(both.open(sealed, "channel-1")).isEqualTo("a secret");
        assertThat(seal(NEW).open(both.seal("another", "channel-1"), "channel-1"))
                .isEqualTo("another");
        assertThatIllegalStateException()
                .isThrownBy(() -> seal(NEW).open(sealed, "channel-1"))
                .withMessageContaining("drawbridge.channels.secret-keys");
    }

    @Test
    void refusesKeysThatAreNoneWithoutShowingThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> seal("short"))
                .withMessageContaining("drawbridge.channels.secret-keys[0]")
                .withMessageNotContaining("short");
        assertThatIllegalStateException().isThrownBy(() -> seal().seal("a secret", "channel-1"));
    }

    private static AesSeal seal(String... keys) {
        return new AesSeal(new ChannelProperties(
                List.of(keys), Set.of(), Set.of(), Set.of(443), Duration.ofSeconds(2), Duration.ofDays(3), 8));
    }

    private static String key(char each) {
        return Base64.getEncoder()
                .encodeToString(String.valueOf(each).repeat(32).getBytes(StandardCharsets.US_ASCII));
    }
}
