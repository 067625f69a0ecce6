package io.drawbridge.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.crash.CrashPoint.CrashCloud;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Four points of {@link CrashMatrix}, in every build. */
@DisplayName("Drawbridge, killed")
class CrashSampleTest {

    @ParameterizedTest(name = "{0}")
    @EnumSource(CrashCloud.class)
    @DisplayName("R50 R51 R53 converges after the next start: no access after its end, no second grant")
    void converges(CrashCloud cloud) {
        try (CrashTrial trial = new CrashTrial(cloud)) {
            for (CrashPoint point : sample(cloud)) {
                assertThat(trial.endure(point).state()).isEqualTo("REVOKED");
            }
        }
    }

    private static List<CrashPoint> sample(CrashCloud cloud) {
        return switch (cloud) {
            case DRY_RUN -> List.of(new CrashPoint(cloud, "Flow_AccessProvisioned", null, 0, false, false));
            case SCP_EXEMPTION -> List.of(new CrashPoint(cloud, null, "UpdatePolicy", 1, true, false));
            case ACCOUNT_ASSIGNMENT ->
                List.of(
                        new CrashPoint(cloud, null, "CreateAccountAssignment", 1, true, false),
                        new CrashPoint(cloud, null, "DeleteAccountAssignment", 1, true, false));
        };
    }
}
