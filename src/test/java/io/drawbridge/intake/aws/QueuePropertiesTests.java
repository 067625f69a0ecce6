package io.drawbridge.intake.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@DisplayName("The settings of the queue")
class QueuePropertiesTests {

    @Test
    @DisplayName("R13 have defaults that fit Amazon SQS")
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new QueueProperties(
                        2,
                        10,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30)));
    }

    @ParameterizedTest(name = "R13 refuse {0}={1} and name the key")
    @CsvSource({
        "consumers, 0",
        "consumers, 21",
        "batch, 0",
        "batch, 11",
        "wait, 21s",
        "visibility, 1s",
        "visibility, 2h",
        "stop-within, 6m",
        "measure-every, 0s"
    })
    void refuses(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of("drawbridge.intake.queue." + key, value)))
                .isInstanceOf(BindException.class)
                .rootCause()
                .hasMessageContaining("drawbridge.intake.queue." + key);
    }

    @Test
    @DisplayName("R18 let a trouble be said once a minute")
    void complaints() {
        TestClock clock = new TestClock();
        clock.setTo(TestClock.START);
        Complaints complaints = new Complaints(clock);

        assertThat(complaints.isDue("trouble")).isTrue();
        assertThat(complaints.isDue("another")).isTrue();
        clock.moveBy(Duration.ofSeconds(59));
        assertThat(complaints.isDue("trouble")).isFalse();
        clock.moveBy(Duration.ofSeconds(1));
        assertThat(complaints.isDue("trouble")).isTrue();
        assertThat(complaints.isDue("trouble")).isFalse();
    }

    private static QueueProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("drawbridge.intake.queue", QueueProperties.class);
    }
}
