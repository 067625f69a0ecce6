package io.drawbridge.web;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.organization.TenantSettings;
import io.drawbridge.policy.AccessDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's settings as somebody wrote them; what is null stays as it is.
 *
 * @param minDuration in ISO 8601, as the other durations; the longest and the preset may be {@code forever}
 * @param maxRequestsPerIdentityAndHour in digits, as the other numbers
 */
public record WrittenSettings(
        @Nullable Boolean requestUserJustification,
        @Nullable String minDuration,
        @Nullable String maxDuration,
        @Nullable String presetDuration,
        @Nullable String coolDown,
        @Nullable String propagation,
        @Nullable String maxRequestsPerIdentityAndHour,
        @Nullable String timeZone,
        @Nullable String removalGuardPercent,
        @Nullable String removalGuardCount) {
    private static final int LONGEST_ZONE = 64;

    /**
     * These settings, and what holds now for whatever is not among them; their bounds are not looked at yet.
     *
     * @param shape how a duration is written where these come from, for who wrote it otherwise
     * @throws InvalidInputException naming each setting that cannot be read
     */
    public TenantSettings over(TenantSettings now, String shape) {
        Reading reading = new Reading(shape);
        Duration least = reading.limit("minDuration", minDuration, now.minDuration());
        if (least == null) {
            reading.wrong.putIfAbsent("minDuration", "must not be forever.");
        }
        Duration most = reading.limit("maxDuration", maxDuration, now.maxDuration());
        Duration preset = reading.limit("presetDuration", presetDuration, now.presetDuration());
        Duration wait = reading.wait("coolDown", coolDown, now.coolDown());
        Duration spread = reading.wait("propagation", propagation, now.propagation());
        int requests = reading.number(
                "maxRequestsPerIdentityAndHour",
                maxRequestsPerIdentityAndHour,
                now.maxRequestsPerIdentityAndHour(),
                "1 and 1000");
        ZoneId zone = reading.zone("timeZone", timeZone, now.timeZone());
        int percent =
                reading.number("removalGuardPercent", removalGuardPercent, now.removalGuardPercent(), "0 and 100");
        int count = reading.number("removalGuardCount", removalGuardCount, now.removalGuardCount(), "0 and 1000");
        if (!reading.wrong.isEmpty() || least == null) {
            throw new InvalidInputException(reading.wrong);
        }
        return new TenantSettings(
                requestUserJustification == null ? now.requestUserJustification() : requestUserJustification,
                least,
                most,
                preset,
                wait,
                spread,
                requests,
                zone,
                percent,
                count);
    }

    /** Notes what cannot be read, and goes on with what holds now. */
    private static final class Reading {
        private final String shape;
        private final Map<String, String> wrong = new LinkedHashMap<>();

        Reading(String shape) {
            this.shape = shape;
        }

        /** Null for forever. */
        @Nullable
        Duration limit(String field, @Nullable String written, @Nullable Duration now) {
            if (written == null) {
                return now;
            }
            try {
                AccessDuration duration = AccessDuration.parse(written.strip());
                return duration.isForever() ? null : duration.lengthFrom(Instant.EPOCH);
            } catch (IllegalArgumentException unreadable) {
                wrong.put(field, "is no duration; expected " + shape + ", or forever.");
                return now;
            }
        }

        Duration wait(String field, @Nullable String written, Duration now) {
            if (written == null) {
                return now;
            }
            try {
                Duration duration = Duration.parse(written.strip());
                if (duration.equals(duration.truncatedTo(ChronoUnit.SECONDS))) {
                    return duration;
                }
                wrong.put(field, "must be in whole seconds.");
            } catch (DateTimeException | ArithmeticException unreadable) {
                wrong.put(field, "is no duration; expected " + shape + ".");
            }
            return now;
        }

        int number(String field, @Nullable String written, int now, String between) {
            if (written == null) {
                return now;
            }
            try {
                return Integer.parseInt(written.strip());
            } catch (NumberFormatException unreadable) {
                wrong.put(field, "must be a whole number between " + between + ".");
                return now;
            }
        }

        ZoneId zone(String field, @Nullable String written, ZoneId now) {
            if (written == null) {
                return now;
            }
            try {
                if (written.strip().length() <= LONGEST_ZONE) {
                    return ZoneId.of(written.strip());
                }
                wrong.put(field, "has more than " + LONGEST_ZONE + " characters.");
            } catch (DateTimeException unknown) {
                wrong.put(field, "is not known; expected a zone such as Europe/Berlin or UTC.");
            }
            return now;
        }
    }
}
