package io.drawbridge.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.crash.CrashPoint.CrashCloud;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Four points of {@link CrashMatrix}, in every build; the clouds side by side, since most of it is waiting. */
@DisplayName("Drawbridge, killed")
class CrashSampleTest {

    @Test
    @DisplayName(
            "R50 R51 R53 converges after the next start, with each cloud: no access after its end, no second grant")
    void converges() throws InterruptedException, ExecutionException {
        Map<CrashCloud, Future<List<String>>> trials = new LinkedHashMap<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (CrashCloud cloud : CrashCloud.values()) {
                trials.put(cloud, threads.submit(() -> endure(cloud)));
            }
            for (Map.Entry<CrashCloud, Future<List<String>>> trial : trials.entrySet()) {
                assertThat(trial.getValue().get())
                        .as("%s", trial.getKey())
                        .isNotEmpty()
                        .containsOnly("REVOKED");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> endure(CrashCloud cloud) {
        try (CrashTrial trial = new CrashTrial(cloud)) {
            return sample(cloud).stream()
                    .map(point -> trial.endure(point).state())
                    .toList();
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
