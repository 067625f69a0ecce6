package io.drawbridge.crash;

import io.drawbridge.crash.CrashPoint.CrashCloud;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every point with every cloud, one after the other; prints a table, and ends with 1 if one of them did not converge. */
public final class CrashMatrix {
    private CrashMatrix() {}

    /**
     * Runs it.
     *
     * @param args names of clouds; all if there are none
     */
    public static void main(String[] args) {
        List<String> failures = new ArrayList<>();
        System.out.println("| cloud | killed | in the end | revoked after its end | down |");
        System.out.println("| --- | --- | --- | ---: | ---: |");
        for (CrashCloud cloud : CrashCloud.values()) {
            if (args.length > 0 && !Arrays.asList(args).contains(cloud.name())) {
                continue;
            }
            try (CrashTrial trial = new CrashTrial(cloud)) {
                for (CrashPoint point : CrashPoint.all(cloud)) {
                    try {
                        CrashTrial.Result result = trial.endure(point);
                        System.out.printf(
                                "| %s | %s | %s | %.1f s | %.1f s |%n",
                                cloud,
                                point,
                                result.state(),
                                result.revokedAfter().toMillis() / 1000.0,
                                result.down().toMillis() / 1000.0);
                    } catch (IllegalStateException | AssertionError failed) {
                        failures.add(cloud + ", " + point + ": " + failed.getMessage());
                        System.out.printf("| %s | %s | **%s** | | |%n", cloud, point, failed.getMessage());
                        break;
                    }
                }
            }
        }
        System.out.println();
        System.out.println(failures.isEmpty() ? "All converged." : "Not converged:\n" + String.join("\n", failures));
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
