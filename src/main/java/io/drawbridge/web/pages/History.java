package io.drawbridge.web.pages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.policy.AccessDuration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells in words what the audit trail keeps of a request. */
final class History {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private History() {}

    /**
     * One step.
     *
     * @param words what happened, as a sentence without its subject
     * @param reason what was said with it, null if nothing
     */
    record Step(Moment at, String actor, String words, @Nullable String reason) {}

    static List<Step> of(List<AuditTrail.AuditRecord> records) {
        return records.stream()
                .map(record -> {
                    JsonNode details = details(record.details());
                    return new Step(
                            Moment.of(record.at()),
                            record.actor().equals(AuditTrail.DRAWBRIDGE) ? "Drawbridge" : record.actor(),
                            words(record.action(), details),
                            reason(details));
                })
                .toList();
    }

    private static String words(String action, JsonNode details) {
        return switch (action) {
            case "request.opened" ->
                "opened the request for " + details.path("permission").asText() + " in "
                        + details.path("account").asText();
            case "request.pending" -> "sent the request to its approvers";
            case "request.justified" -> "justified the request" + duration(details, "requestedDuration", ", for ");
            case "request.approvers_asked" -> "asked " + people(details);
            case "request.escalated" ->
                "asked " + people(details) + " too, one level up ("
                        + details.path("scope").asText() + ")";
            case "request.approvers_joined" -> "asked " + people(details) + ", who joined the approvers";
            case "request.rung_skipped" -> "skipped " + details.path("scope").asText();
            case "request.approved" -> "approved the request" + duration(details, "grantedDuration", ", for ");
            case "request.denied" -> "denied the request";
            case "request.expired" -> "closed the request: nobody decided in time";
            case "request.abandoned" -> "answered \"No\" to the question for a justification";
            case "request.abandoned_expired" -> "closed the request: there was no justification in time";
            case "request.cancelled" -> "withdrew the request";
            case "request.refused" ->
                "was refused when trying to " + details.path("deed").asText("do something");
            case "request.message_written" -> "wrote a message";
            case "request.thread_read" -> "read the messages as an administrator";
            case "request.glass_broken" -> "broke the glass";
            case "request.reviewed" ->
                details.path("justified").asBoolean()
                        ? "reviewed the break-glass access: it was justified"
                        : "reviewed the break-glass access: it was not justified";
            case "grant.opened" -> "began to open the access";
            case "grant.active" -> "confirmed that the access is on";
            case "grant.provisioning_attempt_failed" -> "could not open the access and tries again";
            case "grant.provision_failed" -> "gave up opening the access; nothing of it is left";
            case "grant.ended_early" -> "ended the access early";
            case "grant.refused" ->
                "was refused when trying to " + details.path("deed").asText("do something") + " the access";
            case "grant.revoking" -> "began to take the access back";
            case "grant.revoke_overdue" -> "keeps trying to take the access back; it may still be on";
            case "grant.revoked" -> "confirmed that the access is gone";
            default -> action.replace('.', ' ').replace('_', ' ');
        };
    }

    private static @Nullable String reason(JsonNode details) {
        for (String field : new String[] {"message", "justification", "reason", "failure", "advice"}) {
            JsonNode said = details.path(field);
            // A written message names its id there; the words stand in the thread.
            if (said.isTextual() && !said.asText().isBlank() && !looksLikeAnId(said.asText())) {
                return said.asText();
            }
        }
        if (details.path("policies").isArray() && !details.path("policies").isEmpty()) {
            return "by policy " + list(details.path("policies"));
        }
        return null;
    }

    private static boolean looksLikeAnId(String text) {
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }

    private static String people(JsonNode details) {
        return list(details.path("people"));
    }

    private static String list(JsonNode array) {
        List<String> names = new ArrayList<>();
        array.forEach(each -> names.add(each.asText()));
        return names.isEmpty() ? "nobody" : String.join(", ", names);
    }

    private static String duration(JsonNode details, String field, String before) {
        try {
            return before + AccessDuration.parse(details.path(field).asText()).inWords();
        } catch (IllegalArgumentException absent) {
            return "";
        }
    }

    private static JsonNode details(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException unreadable) {
            return JSON.createObjectNode();
        }
    }
}
