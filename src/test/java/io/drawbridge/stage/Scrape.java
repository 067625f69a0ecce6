package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/** What Prometheus reads of a node, in its text format. */
public final class Scrape {
    private final List<String> lines;

    public Scrape(String text) {
        lines = text.lines().filter(line -> !line.startsWith("#")).toList();
    }

    /** Whether there is a figure of that name, whatever its tags. */
    public boolean has(String name) {
        return lines.stream().anyMatch(line -> line.startsWith(name + "{") || line.startsWith(name + " "));
    }

    /** The figure with these tags, each as {@code name="value"}; NaN if there is none. */
    public double value(String name, String... tags) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> Arrays.stream(tags).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** What was not there before counts as 0. */
    public void grewByOne(Scrape before, String name, String... tags) {
        double was = before.value(name, tags);
        assertThat(value(name, tags)).as(name + Arrays.toString(tags)).isEqualTo((Double.isNaN(was) ? 0 : was) + 1);
    }
}
