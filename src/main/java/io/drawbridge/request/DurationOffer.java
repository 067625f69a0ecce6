package io.drawbridge.request;

import io.drawbridge.policy.AccessDuration;
import java.time.Duration;
import java.util.List;

/**
 * Which durations can be asked or given for a request now.
 *
 * @param offered standard durations that the policy does not deny and no cap excludes, shortest first
 * @param preset offered first
 * @param minimum shortest that is taken, in whole seconds
 * @param maximum longest that is taken
 */
public record DurationOffer(
        List<AccessDuration> offered, AccessDuration preset, AccessDuration minimum, AccessDuration maximum) {

    /** What forms offer before anything is known of a request, shortest first. */
    public static final List<AccessDuration> STANDARD = List.of(
            AccessDuration.of(Duration.ofMinutes(15)),
            AccessDuration.of(Duration.ofMinutes(30)),
            AccessDuration.of(Duration.ofHours(1)),
            AccessDuration.of(Duration.ofHours(2)),
            AccessDuration.of(Duration.ofHours(4)),
            AccessDuration.of(Duration.ofHours(8)),
            AccessDuration.of(Duration.ofHours(12)),
            AccessDuration.of(Duration.ofHours(24)),
            AccessDuration.of(Duration.ofDays(7)),
            AccessDuration.FOREVER);

    public DurationOffer {
        offered = List.copyOf(offered);
    }
}
