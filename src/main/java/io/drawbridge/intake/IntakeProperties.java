package io.drawbridge.intake;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the intake has to know of Drawbridge's own objects in AWS.
 *
 * @param scpIds ids of the service control policies that Drawbridge writes, such as p-drawbrdg1; a denial by any
 *     other one opens no request, because no grant could lift it. Empty means that none is ours
 */
@ConfigurationProperties("drawbridge.aws")
record IntakeProperties(@DefaultValue List<String> scpIds) {
    /** AWS Organizations API Reference, "PolicySummary". */
    private static final Pattern SCP_ID = Pattern.compile("p-[0-9a-zA-Z_]{8,128}");

    IntakeProperties {
        scpIds = List.copyOf(scpIds);
        for (String id : scpIds) {
            if (!SCP_ID.matcher(id).matches()) {
                throw new IllegalArgumentException("drawbridge.aws.scp-ids: \"" + id
                        + "\" is no id of a service control policy; expected " + SCP_ID.pattern()
                        + ", such as p-drawbrdg1.");
            }
        }
    }
}
