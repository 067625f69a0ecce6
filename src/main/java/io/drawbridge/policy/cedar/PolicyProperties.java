package io.drawbridge.policy.cedar;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where policies stand.
 *
 * @param location folder with the schema and one folder a tenant; a {@code file:} folder is watched for changes
 * @param refresh how often a watched folder is read; from one second
 */
@Validated
@ConfigurationProperties("drawbridge.policies")
record PolicyProperties(
        @DefaultValue("classpath:/policies/")
                @Pattern(
                        regexp = "(classpath|file):.+",
                        message = "must be a classpath: or file: folder, such as file:/etc/drawbridge/policies/")
                String location,
        @DefaultValue("PT5S") @NotNull Duration refresh) {
    PolicyProperties {
        if (refresh.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "drawbridge.policies.refresh is " + refresh + "; expected at least PT1S.");
        }
        location = location.endsWith("/") ? location : location + "/";
    }

    boolean watched() {
        return location.startsWith("file:");
    }
}
