package io.drawbridge.grant.dryrun;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the dry-run cloud behaves.
 *
 * @param confirmAfter how long an opening or closing is under way before it is done
 * @param latency how long every call takes
 * @param failOpen whether every call to open fails
 * @param failClose whether every call to close fails
 * @param throttle whether every call is turned away as one too many
 */
@ConfigurationProperties("drawbridge.cloud.dry-run")
record DryRunProperties(
        @DefaultValue("500ms") Duration confirmAfter,
        @DefaultValue("0s") Duration latency,
        @DefaultValue("false") boolean failOpen,
        @DefaultValue("false") boolean failClose,
        @DefaultValue("false") boolean throttle) {
    DryRunProperties {
        if (confirmAfter.isNegative() || latency.isNegative() || latency.compareTo(Duration.ofSeconds(20)) > 0) {
            throw new IllegalArgumentException(
                    "drawbridge.cloud.dry-run: confirm-after and latency must not be negative, and latency is at most 20s;"
                            + " a call has to end well before the job's lock does.");
        }
    }
}
