package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drawbridge.organization.TenantSettings;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(TenantSettings.DEFAULT.guards(removals, living)).isEqualTo(heldBack);
    }

    @ParameterizedTest(name = "{0} % and {1}: {2} removals, {3} living grants: held back is {4}")
    @CsvSource({
        "0, 0, 1, 1000, true",
        "0, 0, 0, 1000, false",
        "100, 0, 1000, 1000, false",
        "100, 0, 1001, 1000, true",
        "100, 1000, 2147483647, 2147483647, false"
    })
    @DisplayName("R56 can be set by the tenant, down to asking about everything")
    void canBeSet(int percent, int count, int removals, int living, boolean heldBack) {
        TenantSettings usual = TenantSettings.DEFAULT;
        TenantSettings set = new TenantSettings(
                usual.requestUserJustification(),
                usual.minDuration(),
                usual.maxDuration(),
                usual.presetDuration(),
                usual.coolDown(),
                usual.propagation(),
                usual.maxRequestsPerIdentityAndHour(),
                usual.timeZone(),
                percent,
                count);

        assertThat(set.guards(removals, living)).isEqualTo(heldBack);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "-PT1S", "PT2H"})
    @DisplayName("R56 nonsense for a grace is refused")
    void refusesNonsense(Duration grace) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReconciliationLimits(grace));
    }
}
