package io.drawbridge.request;

import io.drawbridge.policy.AccessDuration;
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
    public DurationOffer {
        offered = List.copyOf(offered);
    }
}
