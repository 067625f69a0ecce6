package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The guard of a sweep")
class ReconciliationLimitsTest {

    @ParameterizedTest(name = "{0} removals, {1} living grants: held back is {2}")
    @CsvSource({
        "0, 0, false",
        "5, 0, false",
        "6, 0, true",
        "5, 40, false",
        "6, 59, true",
        "6, 60, false",
        "7, 60, true",
        "7, 69, true",
        "7, 70, false",
        "30, 300, false",
        "31, 300, true",
        "100000, 999999, true",
        "100000, 1000000, false"
    })
    @DisplayName("R56 holds back what is more than a tenth of the living grants and more than five objects")
    void holdsBackMoreThanATenthAndMoreThanFive(int removals, int living, boolean heldBack) {
        assertThat(ReconciliationLimits.DEFAULT.holdBack(removals, living)).isEqualTo(heldBack);
    }

    @Test
    @DisplayName("R56 can be set, down to asking about everything, and nonsense is refused")
    void canBeSet() {
        Duration grace = Duration.ofSeconds(30);

        assertThat(new ReconciliationLimits(grace, BigDecimal.ZERO, 0).holdBack(1, 1000))
                .isTrue();
        assertThat(new ReconciliationLimits(grace, BigDecimal.ONE, 0).holdBack(1000, 1000))
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconciliationLimits(grace, new BigDecimal("1.01"), 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconciliationLimits(grace, new BigDecimal("-0.01"), 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReconciliationLimits(grace, BigDecimal.ONE, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconciliationLimits(Duration.ZERO, BigDecimal.ONE, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconciliationLimits(Duration.ofHours(2), BigDecimal.ONE, 5));
    }
}
