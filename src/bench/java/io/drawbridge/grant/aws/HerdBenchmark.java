package io.drawbridge.grant.aws;

import io.drawbridge.grant.aws.assignment.AssignmentHerd;
import io.drawbridge.grant.aws.exemption.ExemptionHerd;
import java.util.List;

/**
 * 600 grants that end at the same moment, and 200 new ones wanted at it, by both ways, within AWS's quotas, on a clock that
 * is moved by hand. Prints a table.
 */
public final class HerdBenchmark {
    public static final int ENDING = 600;
    public static final int WANTED = 200;

    private HerdBenchmark() {}

    /**
     * Runs it; needs moto's server on the PATH.
     *
     * @param args the ways to measure; both if there are none
     */
    public static void main(String[] args) {
        List<String> ways = List.of(args);
        System.out.println("| way | late p50 | p99 | max | new: p50 | p99 | max | writes |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        if (ways.isEmpty() || ways.contains("scp-exemption")) {
            System.out.println(ExemptionHerd.run().row("scp-exemption"));
        }
        if (ways.isEmpty() || ways.contains("account-assignment")) {
            System.out.println(AssignmentHerd.run().row("account-assignment"));
        }
        System.exit(0);
    }
}
