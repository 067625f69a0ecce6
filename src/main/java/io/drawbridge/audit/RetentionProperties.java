package io.drawbridge.audit;

import io.drawbridge.identity.Retained;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long is kept what is done with. Audit records are kept for ever.
 *
 * @param requests after the request was final and its grant closed; at least 1 day, as the others
 * @param notices after they were made and delivered, or given up
 * @param events after they came in; an event that comes again later is a new one
 * @param deadLetters after they came in
 * @param drift after the finding was settled
 * @param batch rows that one transaction deletes at most, from 1 to 1,000
 * @param every how often what is old is deleted, from 1m to 24h
 * @param initialDelay how long after the start it is deleted first, from 0s to 24h
 */
@ConfigurationProperties("drawbridge.retention")
record RetentionProperties(
        @DefaultValue("400d") Duration requests,
        @DefaultValue("180d") Duration notices,
        @DefaultValue("30d") Duration events,
        @DefaultValue("180d") Duration deadLetters,
        @DefaultValue("400d") Duration drift,
        @DefaultValue("200") int batch,
        @DefaultValue("PT1H") Duration every,
        @DefaultValue("PT5M") Duration initialDelay) {
    private static final int LARGEST_BATCH = 1000;

    RetentionProperties {
        demandADay("requests", requests);
        demandADay("notices", notices);
        demandADay("events", events);
        demandADay("dead-letters", deadLetters);
        demandADay("drift", drift);
        if (batch < 1 || batch > LARGEST_BATCH) {
            throw new IllegalArgumentException(
                    "drawbridge.retention.batch: " + batch + " cannot be used; expected 1 to " + LARGEST_BATCH + ".");
        }
        demandUpToADay("every", every, Duration.ofMinutes(1));
        demandUpToADay("initial-delay", initialDelay, Duration.ZERO);
    }

    private static void demandUpToADay(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.retention." + name + ": " + value + " cannot be used; expected " + least + " to 24h.");
        }
    }

    private static void demandADay(String name, Duration kept) {
        if (kept.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException(
                    "drawbridge.retention." + name + ": " + kept + " is too short; expected at least 1 day.");
        }
    }

    Duration of(Retained.Kind kind) {
        return switch (kind) {
            case REQUESTS -> requests;
            case NOTICES -> notices;
            case EVENTS -> events;
            case DEAD_LETTERS -> deadLetters;
            case DRIFT -> drift;
        };
    }
}
