package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.Caller;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.ConversationDesk;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.DurationOffer;
import io.drawbridge.request.JustificationDesk;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestReader;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.ReviewDesk;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Requests: asking, answering, deciding, talking. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Requests")
class RequestController {
    private static final int LONGEST_PAGE = 100;

    private final OpeningDesk opening;
    private final JustificationDesk justification;
    private final DecisionDesk decisions;
    private final ConversationDesk conversation;
    private final ReviewDesk reviews;
    private final RequestReader reader;
    private final RequestRepresentations representations;
    private final RecordedSteps steps;

    RequestController(
            OpeningDesk opening,
            JustificationDesk justification,
            DecisionDesk decisions,
            ConversationDesk conversation,
            ReviewDesk reviews,
            RequestReader reader,
            RequestRepresentations representations,
            RecordedSteps steps) {
        this.opening = opening;
        this.justification = justification;
        this.decisions = decisions;
        this.conversation = conversation;
        this.reviews = reviews;
        this.reader = reader;
        this.representations = representations;
        this.steps = steps;
    }

    @PostMapping("/requests")
    @Operation(summary = "Ask for access; the policy has judged when the answer comes.")
    @ApiResponse(responseCode = "201", description = "The request, and where to find it.")
    @ProblemStatuses({409, 422})
    ResponseEntity<RequestRepresentation> ask(Caller caller, @RequestBody Asking asking) {
        RequestRepresentation opened = representations.of(caller, ask(caller, asking.inWords()));
        return ResponseEntity.created(URI.create(opened.links().self())).body(opened);
    }

    /** Who loses the race against the same ask tries once more, and then finds the request that won. */
    private AccessRequest ask(Caller caller, AskForAccess ask) {
        try {
            return opening.ask(caller, ask);
        } catch (AccessRequests.DuplicateOpenRequestException lost) {
            return opening.ask(caller, ask);
        }
    }

    @PostMapping("/requests:preview")
    @Operation(summary = "Say what would happen; nothing is stored and nobody is told.")
    @ApiResponse(responseCode = "200", description = "How it would go on, who would be asked, what is capped.")
    @ProblemStatuses({409, 422})
    PreviewRepresentation preview(Caller caller, @RequestBody Asking asking) {
        return PreviewRepresentation.of(opening.preview(caller, asking.inWords()));
    }

    @GetMapping("/requests")
    @Operation(summary = "List the requests that the caller may see, newest first.")
    @ApiResponse(responseCode = "200", description = "One page.")
    @ProblemStatuses(422)
    PageOf<RequestRepresentation> list(
            Caller caller,
            @RequestParam(required = false) @Nullable List<String> status,
            @RequestParam(required = false) @Nullable String account,
            @RequestParam(required = false) @Nullable String requester,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Given.limit(limit, LONGEST_PAGE);
        Given.Place after = Given.place(cursor);
        Set<RequestStatus> statuses = Given.words("status", status, RequestStatus.class);
        List<AccessRequest> found = reader.list(
                caller,
                statuses,
                Given.text("account", account),
                Given.person("requester", requester),
                Given.text("q", q),
                after == null ? null : new AccessRequests.Position(after.at(), after.key()),
                most + 1);
        return PageOf.of(
                found,
                most,
                last -> Given.cursor(last.createdAt(), last.id().value()),
                page -> representations.of(caller, page));
    }

    @GetMapping("/requests/{id}")
    @Operation(summary = "Read one request.")
    @ApiResponse(responseCode = "200", description = "The request.")
    @ProblemStatuses(404)
    RequestRepresentation read(Caller caller, @InSight RequestId id) {
        return representations.of(caller, reader.read(caller, id));
    }

    @GetMapping("/requests/{id}/durations")
    @Operation(summary = "Say which durations can be asked or given for a request now.")
    @ApiResponse(responseCode = "200", description = "What forms offer, and the bounds of what is taken.")
    @ProblemStatuses({404, 409})
    DurationChoice durations(Caller caller, @InSight RequestId id) {
        return DurationChoice.of(reader.durations(caller, id));
    }

    @PostMapping("/requests/{id}/justify")
    @Operation(summary = "Say why, and for how long; for the requester.")
    @ApiResponse(responseCode = "200", description = "The request as it goes on.")
    @ProblemStatuses({404, 409, 422})
    RequestRepresentation justify(Caller caller, @InSight RequestId id, @RequestBody Justifying justifying) {
        return representations.of(
                caller, justification.justify(caller, id, justifying.justification(), justifying.duration()));
    }

    @PostMapping("/requests/{id}/abandon")
    @Operation(summary = "Answer \"No\" to the question for a justification; for the requester.")
    @ApiResponse(responseCode = "200", description = "The abandoned request.")
    @ProblemStatuses({404, 409})
    RequestRepresentation abandon(Caller caller, @InSight RequestId id) {
        return representations.of(caller, justification.abandon(caller, id));
    }

    @PostMapping("/requests/{id}/cancel")
    @Operation(summary = "Withdraw a request that is not decided; for the requester.")
    @ApiResponse(responseCode = "200", description = "The cancelled request.")
    @ProblemStatuses({404, 409})
    RequestRepresentation cancel(Caller caller, @InSight RequestId id) {
        return representations.of(caller, justification.cancel(caller, id));
    }

    @PostMapping("/requests/{id}/approve")
    @Operation(summary = "Approve, for the duration given or else the one asked for; for its approvers.")
    @ApiResponse(responseCode = "200", description = "The approved request.")
    @ProblemStatuses({404, 409, 422})
    RequestRepresentation approve(Caller caller, @InSight RequestId id, @RequestBody Approving approving) {
        AccessRequest decided = decisions.approve(caller, id, approving.message(), approving.duration());
        if (decided.status() == RequestStatus.DENIED) {
            String advice = decided.decision()
                    .map(decision -> decision.message())
                    .map(text -> " " + text)
                    .orElse("");
            throw new PolicyDeniesException(
                    "The policy has changed and denies request " + id + " now: it is DENIED by policy." + advice,
                    decided.policies());
        }
        return representations.of(caller, decided);
    }

    @PostMapping("/requests/{id}/deny")
    @Operation(summary = "Deny; for its approvers.")
    @ApiResponse(responseCode = "200", description = "The denied request.")
    @ProblemStatuses({404, 409, 422})
    RequestRepresentation deny(Caller caller, @InSight RequestId id, @RequestBody Denying denying) {
        return representations.of(caller, decisions.deny(caller, id, denying.message()));
    }

    @GetMapping("/requests/{id}/messages")
    @Operation(
            summary =
                    "Read the thread; for the requester and those who may decide. An administrator's reading is recorded.")
    @ApiResponse(responseCode = "200", description = "The messages, in order.")
    @ProblemStatuses(404)
    PageOf<WrittenMessage> messages(Caller caller, @InSight RequestId id) {
        return PageOf.all(
                conversation.read(caller, id).stream().map(WrittenMessage::of).toList());
    }

    @PostMapping("/requests/{id}/messages")
    @Operation(summary = "Write on the thread; for the requester and those who may decide.")
    @ApiResponse(responseCode = "201", description = "The message.")
    @ProblemStatuses({404, 422})
    ResponseEntity<WrittenMessage> write(Caller caller, @InSight RequestId id, @RequestBody Writing writing) {
        WrittenMessage written = WrittenMessage.of(conversation.write(caller, id, writing.body()));
        return ResponseEntity.created(URI.create("/v1/requests/" + id + "/messages"))
                .body(written);
    }

    @PostMapping("/requests/{id}/review")
    @Operation(summary = "Say whether breaking the glass was justified; for approvers and administrators.")
    @ApiResponse(responseCode = "200", description = "The reviewed request.")
    @ProblemStatuses({404, 409, 422})
    RequestRepresentation review(Caller caller, @InSight RequestId id, @RequestBody Reviewing reviewing) {
        return representations.of(caller, reviews.review(caller, id, reviewing.message(), reviewing.justified()));
    }

    @GetMapping("/requests/{id}/history")
    @Operation(summary = "Read each step of a request, oldest first.")
    @ApiResponse(responseCode = "200", description = "The steps, with time, actor and reason.")
    @ProblemStatuses(404)
    PageOf<RecordedStep> history(Caller caller, @InSight RequestId id) {
        return PageOf.all(
                reader.history(caller, id).stream().map(steps::represent).toList());
    }

    /** What somebody asks for. */
    record Asking(
            @Nullable String account,
            @Nullable String permission,
            @Nullable String permissionSet,
            @Nullable String duration,
            @Nullable String justification,
            @Nullable Boolean breakGlass,
            @Nullable String ticket,
            @Nullable String identity) {
        AskForAccess inWords() {
            return new AskForAccess(
                    account,
                    permission,
                    permissionSet,
                    duration,
                    justification,
                    Boolean.TRUE.equals(breakGlass),
                    ticket,
                    identity);
        }
    }

    /** Why, and for how long. */
    record Justifying(@Nullable String justification, @Nullable String duration) {}

    /** Yes, with a message. */
    record Approving(@Nullable String message, @Nullable String duration) {}

    /** No, with a message. */
    record Denying(@Nullable String message) {}

    /** A message to the others on the thread. */
    record Writing(@Nullable String body) {}

    /** Whether it was justified. */
    record Reviewing(@Nullable String message, @Nullable Boolean justified) {}

    /** A message on the thread. */
    record WrittenMessage(String id, String author, Instant at, String body) {
        static WrittenMessage of(AccessRequests.Message message) {
            return new WrittenMessage(message.id(), message.author().value(), message.writtenAt(), message.body());
        }
    }

    /**
     * One step in the life of a request.
     *
     * @param reason what the actor said, or the policies; null if there is none
     */
    record RecordedStep(
            long number, Instant at, String actor, String action, @Nullable String reason, JsonNode details) {}

    /** Durations that can be chosen. */
    record DurationChoice(List<String> offered, String preset, String minimum, String maximum) {
        static DurationChoice of(DurationOffer offer) {
            return new DurationChoice(
                    offer.offered().stream().map(AccessDuration::toString).toList(),
                    offer.preset().toString(),
                    offer.minimum().toString(),
                    offer.maximum().toString());
        }
    }
}
