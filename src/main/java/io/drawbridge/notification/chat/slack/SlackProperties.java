package io.drawbridge.notification.chat.slack;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Slack is reached. Without a signing secret there is no Slack.
 *
 * @param signingSecret of the Slack app, by which Slack signs what it sends
 * @param apiUrl where Slack's Web API lies; another one for tests only
 * @param workspaces where the app is installed
 */
@ConfigurationProperties("drawbridge.slack")
record SlackProperties(
        @Nullable String signingSecret,
        @DefaultValue("https://slack.com/api/") URI apiUrl,
        @DefaultValue List<Workspace> workspaces) {
    private static final Set<String> OWN_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");

    SlackProperties {
        workspaces = List.copyOf(workspaces);
        Set<String> ids = new HashSet<>();
        for (Workspace workspace : workspaces) {
            if (!ids.add(workspace.id())) {
                throw new IllegalArgumentException("drawbridge.slack.workspaces names \"" + workspace.id()
                        + "\" twice; expected each workspace once, with the tenant whose people are in it.");
            }
        }
        if (!"https".equals(apiUrl.getScheme()) && !OWN_MACHINE.contains(String.valueOf(apiUrl.getHost()))) {
            throw new IllegalArgumentException("drawbridge.slack.api-url \"" + apiUrl
                    + "\" would carry the bot tokens unencrypted; expected an https address, or one on this machine.");
        }
        if (!apiUrl.toString().endsWith("/")) {
            apiUrl = URI.create(apiUrl + "/");
        }
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "SlackProperties[apiUrl=" + apiUrl + ", workspaces=" + workspaces + "]";
    }

    /**
     * A workspace.
     *
     * @param id Slack's own, such as T024BE7LD
     * @param tenant whose people are in it
     * @param name as people call it; the id if it is left out
     * @param botToken of the app in that workspace, beginning with xoxb-
     */
    record Workspace(String id, String tenant, @Nullable String name, String botToken) {
        private static final Pattern ID = Pattern.compile("[TE][A-Z0-9]{1,30}");

        Workspace {
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException("drawbridge.slack.workspaces[].id \"" + id
                        + "\" is no id of a workspace; expected one such as T024BE7LD.");
            }
            if (tenant.isBlank() || botToken.isBlank()) {
                throw new IllegalArgumentException("drawbridge.slack.workspaces[].tenant and bot-token are needed for"
                        + " the workspace \"" + id + "\"; one of them is blank.");
            }
        }

        String title() {
            return name == null || name.isBlank() ? id : name;
        }

        /** Without the token. */
        @Override
        public String toString() {
            return "Workspace[id=" + id + ", tenant=" + tenant + ", name=" + name + "]";
        }
    }
}
