package io.drawbridge.operations;

import java.util.Locale;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where access is granted.
 *
 * @param type {@code dry-run}, which grants nothing, or {@code aws}
 */
@ConfigurationProperties("drawbridge.cloud")
record CloudProperties(@DefaultValue("dry-run") String type) {
    private static final Set<String> TYPES = Set.of("dry-run", "aws");

    CloudProperties {
        if (!TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "drawbridge.cloud.type: \"" + type + "\" is no cloud; expected dry-run or aws.");
        }
    }
}
