package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.operations.EngineRoom;
import io.drawbridge.operations.OperationsDesk;
import io.drawbridge.operations.Revocations;
import io.drawbridge.request.RequestId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Operations: what is late, stuck or waiting, and the history of an instance. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations")
class OperationsController {
    private final OperationsDesk operations;

    OperationsController(OperationsDesk operations) {
        this.operations = operations;
    }

    @GetMapping("/operations")
    @Operation(
            summary = "See what is late, stuck or waiting; for operations and administrators.",
            description =
                    "Operations see all tenants, an administrator sees his own. The time of since and until is that of"
                            + " the revocations whose lateness is told; without them it is the last day.")
    @ApiResponse(responseCode = "200", description = "How things stand.")
    @ProblemStatuses(422)
    OperationsRepresentation overview(
            @Only({Role.OPERATIONS, Role.ADMINISTRATOR}) Caller caller,
            @RequestParam(required = false) @Nullable String since,
            @RequestParam(required = false) @Nullable String until) {
        return OperationsRepresentation.of(
                operations.overview(caller, Given.instant("since", since), Given.instant("until", until)));
    }

    @GetMapping("/operations/requests/{id}")
    @Operation(
            summary =
                    "Read the history of a request's processes, finished ones too; for operations and administrators.",
            description =
                    "In keys and names of the diagrams, from what the engine keeps; empty when it keeps it no more.")
    @ApiResponse(responseCode = "200", description = "The history.")
    @ProblemStatuses(404)
    InstanceHistoryRepresentation history(Caller caller, @PathVariable String id) {
        OperationsDesk.Past past = operations.history(caller, new RequestId(id));
        return new InstanceHistoryRepresentation(
                past.request().value(),
                past.tenant().value(),
                past.passages().stream().map(PassageRepresentation::of).toList());
    }

    /**
     * How things stand, as the API shows it.
     *
     * @param tenants whose figures these are
     * @param executor the job executor of the node that answered
     */
    record OperationsRepresentation(
            List<String> tenants,
            Instant since,
            Instant until,
            LatenessRepresentation lateness,
            List<LateRepresentation> latest,
            List<StillOnRepresentation> overdue,
            List<TroubleRepresentation> incidents,
            List<DueRepresentation> due,
            List<BacklogRepresentation> backlogs,
            ExecutorRepresentation executor) {
        static OperationsRepresentation of(OperationsDesk.Overview overview) {
            return new OperationsRepresentation(
                    overview.tenants().stream().map(TenantId::value).toList(),
                    overview.since(),
                    overview.until(),
                    LatenessRepresentation.of(overview.lateness()),
                    overview.latest().stream().map(LateRepresentation::of).toList(),
                    overview.overdue().stream().map(StillOnRepresentation::of).toList(),
                    overview.troubles().stream().map(TroubleRepresentation::of).toList(),
                    overview.due().stream()
                            .map(due -> new DueRepresentation(
                                    due.tenant().value(), due.process(), due.number(), due.since()))
                            .toList(),
                    overview.backlogs().stream()
                            .flatMap(pile -> pile.waiting().stream()
                                    .map(waiting -> new BacklogRepresentation(
                                            pile.name(), waiting.tenant().value(), waiting.number(), waiting.since())))
                            .toList(),
                    new ExecutorRepresentation(
                            overview.executor().active(),
                            overview.executor().name(),
                            overview.executor().holders()));
        }
    }

    /** From the end of grants until the cloud confirmed that their access was gone; ISO 8601 durations. */
    record LatenessRepresentation(long revocations, String p50, String p95, String max) {
        static LatenessRepresentation of(Revocations.Lateness lateness) {
            return new LatenessRepresentation(
                    lateness.number(),
                    lateness.p50().toString(),
                    lateness.p95().toString(),
                    lateness.max().toString());
        }
    }

    record LateRepresentation(
            String tenant,
            String request,
            String grant,
            String account,
            Instant overAt,
            Instant revokedAt,
            String lateness) {
        static LateRepresentation of(Revocations.Late late) {
            return new LateRepresentation(
                    late.tenant().value(),
                    late.request().value(),
                    late.grant().value(),
                    late.account().value(),
                    late.overAt(),
                    late.revokedAt(),
                    late.lateness().toString());
        }
    }

    /** Access that may still be on though it had to be gone at {@code overAt}. */
    record StillOnRepresentation(
            String tenant,
            String request,
            String grant,
            String account,
            String state,
            Instant overAt,
            @Nullable String failure) {
        static StillOnRepresentation of(Revocations.StillOn on) {
            return new StillOnRepresentation(
                    on.tenant().value(),
                    on.request().value(),
                    on.grant().value(),
                    on.account().value(),
                    on.state().name(),
                    on.overAt(),
                    on.failure());
        }
    }

    /**
     * A stuck job.
     *
     * @param key the request's id; of the removal of drift, its tenant and finding
     * @param instance as Cockpit knows it
     */
    record TroubleRepresentation(
            String tenant,
            String process,
            String instance,
            @Nullable String key,
            String step,
            String message,
            Instant since) {
        static TroubleRepresentation of(EngineRoom.Trouble trouble) {
            return new TroubleRepresentation(
                    trouble.tenant().value(),
                    trouble.process(),
                    trouble.instance(),
                    trouble.key(),
                    trouble.step(),
                    trouble.message(),
                    trouble.since());
        }
    }

    record DueRepresentation(String tenant, String process, long jobs, Instant since) {}

    record BacklogRepresentation(String name, String tenant, long waiting, @Nullable Instant since) {}

    /** {@code holders}: nodes that hold jobs at this moment. */
    record ExecutorRepresentation(boolean active, String node, List<String> holders) {}

    record InstanceHistoryRepresentation(String request, String tenant, List<PassageRepresentation> instances) {}

    record PassageRepresentation(
            String process,
            int version,
            String instance,
            Instant started,
            @Nullable Instant ended,
            boolean deleted,
            List<PassageStepRepresentation> steps,
            List<JobFailureRepresentation> failures,
            List<PastIncidentRepresentation> incidents) {
        static PassageRepresentation of(EngineRoom.Passage passage) {
            return new PassageRepresentation(
                    passage.process(),
                    passage.version(),
                    passage.instance(),
                    passage.started(),
                    passage.ended(),
                    passage.deleted(),
                    passage.steps().stream()
                            .map(step -> new PassageStepRepresentation(
                                    step.id(), step.name(), step.kind(), step.entered(), step.left(), step.broken()))
                            .toList(),
                    passage.failures().stream()
                            .map(failure -> new JobFailureRepresentation(
                                    failure.at(), failure.step(), failure.retriesLeft(), failure.message()))
                            .toList(),
                    passage.incidents().stream()
                            .map(incident -> new PastIncidentRepresentation(
                                    incident.step(), incident.message(), incident.since(), incident.resolved()))
                            .toList());
        }
    }

    record PassageStepRepresentation(
            String id, @Nullable String name, String kind, Instant entered, @Nullable Instant left, boolean broken) {}

    record JobFailureRepresentation(Instant at, String step, int retriesLeft, String message) {}

    record PastIncidentRepresentation(String step, String message, Instant since, @Nullable Instant resolved) {}
}
