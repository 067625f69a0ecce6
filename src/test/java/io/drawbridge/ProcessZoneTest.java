package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TimeZone;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine keeps due dates without a zone, in that of the process. */
class ProcessZoneTest {

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"})
    @DisplayName("R52 keeps two ends apart that a zone with daylight saving would write alike")
    void runsInAZoneWithoutDaylightSaving(String machine) {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone(machine));

            Drawbridge.runInUtc();

            assertThat(ZoneId.systemDefault().getRules().isFixedOffset()).isTrue();
            Instant first = Instant.parse("2026-10-25T00:30:00Z");
            assertThat(Timestamp.from(first).toLocalDateTime())
                    .isNotEqualTo(Timestamp.from(first.plusSeconds(3600)).toLocalDateTime());
            assertThat(Timestamp.from(first).toLocalDateTime()).hasToString("2026-10-25T00:30");
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
