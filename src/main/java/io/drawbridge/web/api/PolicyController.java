package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.Role;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.web.api.PreviewRepresentation.Caps;
import io.drawbridge.web.api.PreviewRepresentation.PolicyErrorRepresentation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The policies that are running, and questions put to them. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Policies")
class PolicyController {
    private final AccessPolicies policies;

    PolicyController(AccessPolicies policies) {
        this.policies = policies;
    }

    @GetMapping("/policies")
    @Operation(summary = "Read the running policy set; for administrators and process owners.")
    @ApiResponse(responseCode = "200", description = "The set, its schema and its hash.")
    RunningSet running(@Only({Role.ADMINISTRATOR, Role.PROCESS_OWNER}) Caller caller) {
        AccessPolicies.PolicySetView set = policies.running(caller.tenant());
        return new RunningSet(set.hash(), set.loadedAt(), set.policies(), null, set.schema());
    }

    @PostMapping("/policies:evaluate")
    @Operation(
            summary =
                    "Put a question to the running set, or to one in the body; for administrators and process owners.")
    @ApiResponse(responseCode = "200", description = "The answer, and what determined it.")
    @ProblemStatuses(422)
    Answer evaluate(@Only({Role.ADMINISTRATOR, Role.PROCESS_OWNER}) Caller caller, @RequestBody Evaluating evaluating) {
        return Answer.of(policies.evaluate(caller.tenant(), evaluating.question()));
    }

    /**
     * The running set.
     *
     * @param hash SHA-256 in hex; each decision keeps it
     */
    record RunningSet(
            String hash,
            Instant loadedAt,
            List<AccessPolicies.PolicyView> items,
            @Nullable String next,
            String schema) {}

    /**
     * A question, with the set that it is put to.
     *
     * @param entities a list in Cedar's JSON format; null for the tenant's own
     * @param policies Cedar text; null for the running set
     * @param schema Cedar text; null for the running one
     */
    record Evaluating(
            @Nullable CedarRequest request,
            @Nullable JsonNode entities,
            @Nullable String policies,
            @Nullable String schema,
            @Nullable Boolean lenient) {
        EvaluationQuestion question() {
            CedarRequest asked = request;
            if (asked == null) {
                throw new InvalidInputException("request", "is missing; give principal, action, resource and context.");
            }
            return new EvaluationQuestion(
                    EntityReferences.read("request.principal", asked.principal()),
                    EntityReferences.read("request.action", asked.action()),
                    EntityReferences.read("request.resource", asked.resource()),
                    asked.contextText(),
                    entitiesText(),
                    policies,
                    schema,
                    Boolean.TRUE.equals(lenient));
        }

        private @Nullable String entitiesText() {
            if (entities == null || entities.isNull()) {
                return null;
            }
            if (!entities.isArray()) {
                throw new InvalidInputException("entities", "must be a list of entities in Cedar's JSON format.");
            }
            return json("entities", entities);
        }

        private static String json(String field, JsonNode node) {
            String text = node.toString();
            String flaw = ApiJson.flawIn(text);
            if (!flaw.isEmpty()) {
                throw new InvalidInputException(field, flaw);
            }
            return text;
        }
    }

    /**
     * Who does what to what, and how things are.
     *
     * @param context an object in Cedar's JSON format; null is empty
     */
    record CedarRequest(
            @Nullable JsonNode principal,
            @Nullable JsonNode action,
            @Nullable JsonNode resource,
            @Nullable JsonNode context) {
        String contextText() {
            if (context == null || context.isNull()) {
                return "{}";
            }
            if (!context.isObject()) {
                throw new InvalidInputException("request.context", "must be an object in Cedar's JSON format.");
            }
            return Evaluating.json("request.context", context);
        }
    }

    /**
     * The answer.
     *
     * @param decision {@code allow} or {@code deny}
     * @param mode null on a denial
     * @param policies ids of those that determined the answer
     * @param caps null on a denial
     */
    record Answer(
            String decision,
            @Nullable String mode,
            List<String> policies,
            List<PolicyErrorRepresentation> errors,
            @Nullable Caps caps,
            List<String> advice) {
        static Answer of(Evaluation evaluation) {
            ApprovalMode mode = evaluation.mode();
            return new Answer(
                    evaluation.allowed() ? "allow" : "deny",
                    mode == null || !evaluation.allowed() ? null : mode.word(),
                    evaluation.policies(),
                    PolicyErrorRepresentation.of(evaluation.errors()),
                    evaluation.allowed() ? Caps.of(evaluation.timeout(), evaluation.maxDuration()) : null,
                    evaluation.advice());
        }
    }
}
