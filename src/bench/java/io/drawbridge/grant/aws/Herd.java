package io.drawbridge.grant.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of many grants that end together while others are wanted.
 *
 * @param late of each revocation, how long after its end it was confirmed
 * @param waited of each opening, how long after it was asked for it was confirmed
 * @param writes calls that changed something in AWS
 */
public record Herd(List<Duration> late, List<Duration> waited, long writes) {
    public Herd {
        late = late.stream().sorted().toList();
        waited = waited.stream().sorted().toList();
    }

    /** One row of a table. */
    public String row(String way) {
        List<String> cells = new ArrayList<>();
        for (List<Duration> sorted : List.of(late, waited)) {
            for (double share : new double[] {0.5, 0.99, 1}) {
                int place = Math.max(0, (int) Math.ceil(share * sorted.size()) - 1);
                cells.add(String.format(Locale.ROOT, "%.1f s", sorted.get(place).toMillis() / 1000.0));
            }
        }
        return "| `" + way + "` | " + String.join(" | ", cells) + " | " + writes + " |";
    }
}
