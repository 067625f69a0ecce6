package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.Role;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.ApprovalMode;
import io.drawbridge.policy.Evaluation;
import io.drawbridge.policy.EvaluationQuestion;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.ReplayDesk;
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
    private final ReplayDesk replays;

    PolicyController(AccessPolicies policies, ReplayDesk replays) {
        this.policies = policies;
        this.replays = replays;
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

    @PostMapping("/policies:replay")
    @Operation(
            summary =
                    "Ask a proposed set what was decided before, and see what would change; for administrators and process owners.")
    @ApiResponse(
            responseCode = "200",
            description = "The decisions that would be others, what widens first; and how many were asked again.")
    @ProblemStatuses(422)
    Replayed replay(@Only({Role.ADMINISTRATOR, Role.PROCESS_OWNER}) Caller caller, @RequestBody Replaying replaying) {
        return Replayed.of(replays.replay(caller, replaying.proposal(), replaying.selection()));
    }

    /**
     * A proposed set, and the decisions that it is asked again.
     *
     * @param policies Cedar text; null for the running set
     * @param schema Cedar text; null for the running one
     * @param since inclusive, a moment in ISO 8601
     * @param until exclusive, a moment in ISO 8601
     * @param limit so many of the newest decisions, from 1 to 5,000; null is 1,000
     * @param cursor of the answer before, to go on with older decisions
     */
    record Replaying(
            @Nullable String policies,
            @Nullable String schema,
            @Nullable String since,
            @Nullable String until,
            @Nullable Integer limit,
            @Nullable String cursor) {
        private static final int USUAL = 1000;

        PolicyProposal proposal() {
            return new PolicyProposal(policies, schema);
        }

        ReplayDesk.Selection selection() {
            return new ReplayDesk.Selection(
                    Given.instant("since", since),
                    Given.instant("until", until),
                    Given.number(cursor),
                    limit == null ? USUAL : Given.limit(String.valueOf(limit), ReplayDesk.MOST));
        }
    }

    /**
     * What would change.
     *
     * @param items decisions that would be others, those that give more first; of the decisions asked again only
     * @param replayed decisions that were asked again
     * @param notReplayable decisions of which not enough was kept
     * @param next cursor to go on with older decisions; null if there are none
     */
    record Replayed(
            List<Difference> items, int replayed, int notReplayable, int widened, int narrowed, @Nullable String next) {
        static Replayed of(ReplayDesk.Replay replay) {
            List<Difference> items =
                    replay.differences().stream().map(Difference::of).toList();
            int widened = (int) replay.differences().stream()
                    .filter(each -> each.direction() == ReplayDesk.Direction.WIDENS)
                    .count();
            Long next = replay.next();
            return new Replayed(
                    items,
                    replay.replayed(),
                    replay.notReplayable(),
                    widened,
                    items.size() - widened,
                    next == null ? null : Given.cursor(Instant.EPOCH, String.valueOf(next)));
        }
    }

    /**
     * One decision that would be another.
     *
     * @param requester null to somebody who may not read the request
     * @param occasion when the policy was asked
     */
    record Difference(
            String request,
            @Nullable String requester,
            String account,
            String permission,
            Instant at,
            String occasion,
            String direction,
            SetAnswer before,
            SetAnswer after) {
        static Difference of(ReplayDesk.Difference found) {
            return new Difference(
                    found.request().value(),
                    found.requester() == null ? null : found.requester().value(),
                    found.account().value(),
                    found.permission(),
                    found.at(),
                    found.occasion().name(),
                    found.direction().name(),
                    SetAnswer.of(found.before()),
                    SetAnswer.of(found.after()));
        }
    }

    /**
     * What a set says.
     *
     * @param decision {@code deny}, or the mode: {@code auto}, {@code require}, {@code break_glass}
     * @param maxDuration null without a cap, or if it was not kept
     */
    record SetAnswer(String decision, List<String> policies, @Nullable String maxDuration, List<String> errors) {
        static SetAnswer of(ReplayDesk.Answer answer) {
            return new SetAnswer(
                    answer.word(),
                    answer.policies(),
                    answer.maxDuration() == null ? null : answer.maxDuration().toString(),
                    answer.errors());
        }
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
