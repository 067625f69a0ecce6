package io.drawbridge.web.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.drawbridge.identity.AuditTrail;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Shows records of the audit trail with their details as JSON, and finds the reason among them. */
@Component
class RecordedSteps {
    /** Details that say why, the most telling first. */
    private static final List<String> REASONS = List.of("message", "reason", "justification", "failure");

    private final JsonMapper json = ApiJson.mapper();

    RequestController.RecordedStep represent(AuditTrail.AuditRecord step) {
        JsonNode details = details(step);
        return new RequestController.RecordedStep(
                step.number(), step.at(), step.actor(), step.action(), reason(step.action(), details), details);
    }

    JsonNode details(AuditTrail.AuditRecord step) {
        try {
            return json.readTree(step.details());
        } catch (JsonProcessingException unreadable) {
            return TextNode.valueOf(step.details());
        }
    }

    private static @Nullable String reason(String action, JsonNode details) {
        // The message of this one is a key: what was written stays between those who may read the thread.
        if (!action.equals("request.message_written")) {
            for (String name : REASONS) {
                if (details.path(name).isTextual()) {
                    return details.path(name).textValue();
                }
            }
        }
        List<String> policies = new ArrayList<>();
        details.path("policies").forEach(policy -> policies.add(policy.asText()));
        return policies.isEmpty() ? null : "Policy " + String.join(", ", policies) + ".";
    }
}
