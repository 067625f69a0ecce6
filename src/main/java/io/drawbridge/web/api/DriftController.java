package io.drawbridge.web.api;

import io.drawbridge.grant.DriftDesk;
import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.Reconciliation;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Drift: in what the cloud and Drawbridge do not agree, and what becomes of it. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Drift")
class DriftController {
    private static final int LONGEST_PAGE = 200;

    /** What was seen once may be a moment between two calls, and what is closed is history. */
    private static final Set<DriftFinding.State> UNSETTLED = EnumSet.of(
            DriftFinding.State.OPEN,
            DriftFinding.State.HELD_BACK,
            DriftFinding.State.CONFIRMED,
            DriftFinding.State.KEPT);

    private final DriftDesk drift;

    DriftController(DriftDesk drift) {
        this.drift = drift;
    }

    @GetMapping("/drift")
    @Operation(
            summary = "List what does not agree with the cloud, newest first; for administrators and operations.",
            description = "Without a state: what is not settled. SIGHTED was seen once and may mean nothing.")
    @ApiResponse(responseCode = "200", description = "One page.")
    @ProblemStatuses(422)
    PageOf<FindingRepresentation> list(
            @Only({Role.ADMINISTRATOR, Role.OPERATIONS}) Caller caller,
            @RequestParam(required = false) @Nullable List<String> state,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Given.limit(limit, LONGEST_PAGE);
        Given.Place after = Given.place(cursor);
        Set<DriftFinding.State> states = Given.words("state", state, DriftFinding.State.class);
        List<DriftFinding> found = drift.list(
                caller,
                states.isEmpty() ? UNSETTLED : states,
                after == null ? null : new DriftFindings.Position(after.at(), after.key()),
                most + 1);
        return PageOf.of(
                found, most, last -> Given.cursor(last.firstSeen(), last.id().value()), page -> page.stream()
                        .map(FindingRepresentation::of)
                        .toList());
    }

    @GetMapping("/drift/{id}")
    @Operation(summary = "Read one finding; for administrators and operations.")
    @ApiResponse(responseCode = "200", description = "The finding.")
    @ProblemStatuses(404)
    FindingRepresentation read(Caller caller, @InSight DriftFindingId id) {
        return FindingRepresentation.of(drift.read(caller, id));
    }

    @PostMapping("/drift/{id}/resolve")
    @Operation(
            summary = "Choose what becomes of a finding; for administrators.",
            description =
                    "One of the finding's choices. What was held back is removed, or kept and not asked about again."
                            + " The next sweep says whether it is settled.")
    @ApiResponse(responseCode = "200", description = "The finding, and what was chosen.")
    @ProblemStatuses({404, 409, 422, 503})
    FindingRepresentation resolve(
            @InSight DriftFindingId id, @Only(Role.ADMINISTRATOR) Caller caller, @RequestBody Resolving resolving) {
        return FindingRepresentation.of(drift.resolve(caller, id, resolving.choice(), resolving.reason()));
    }

    @PostMapping("/drift:reconcile")
    @Operation(
            summary = "Compare the tenant with its cloud now; for administrators.",
            description = "What is seen for the first time counts only when a sweep sees it again, some time later.")
    @ApiResponse(responseCode = "200", description = "What was found and done.")
    @ProblemStatuses(409)
    SweepRepresentation reconcile(@Only(Role.ADMINISTRATOR) Caller caller) {
        return SweepRepresentation.of(drift.reconcile(caller));
    }

    /** What is chosen, and why. */
    record Resolving(@Nullable String choice, @Nullable String reason) {}

    /**
     * A finding as the API shows it.
     *
     * @param kind MISSING, UNEXPLAINED, FOREIGN or MASS_REMOVAL
     * @param choices what may be chosen now; empty if nothing
     * @param timesSeen how many sweeps in a row have seen it
     * @param partOf the MASS_REMOVAL that it was held back with
     */
    record FindingRepresentation(
            String id,
            String tenant,
            String kind,
            String state,
            String subject,
            String finding,
            List<String> choices,
            Instant firstSeen,
            Instant lastSeen,
            int timesSeen,
            @Nullable String partOf,
            @Nullable String choice,
            @Nullable String reason,
            @Nullable String resolvedBy,
            @Nullable Instant resolvedAt) {
        static FindingRepresentation of(DriftFinding finding) {
            boolean waits =
                    finding.state() == DriftFinding.State.OPEN || finding.state() == DriftFinding.State.HELD_BACK;
            return new FindingRepresentation(
                    finding.id().value(),
                    finding.tenant().value(),
                    finding.kind().name(),
                    finding.state().name(),
                    finding.subject(),
                    finding.finding(),
                    waits ? finding.choices() : List.of(),
                    finding.firstSeen(),
                    finding.lastSeen(),
                    finding.timesSeen(),
                    finding.partOf().map(DriftFindingId::value).orElse(null),
                    finding.choice().orElse(null),
                    finding.reason().orElse(null),
                    finding.resolvedBy().map(PersonId::value).orElse(null),
                    finding.resolvedAt().orElse(null));
        }
    }

    /**
     * A sweep as the API shows it.
     *
     * @param compared whether the cloud could be asked for everything
     * @param takenBack grants past their end whose access is gone now
     * @param stillOn grants past their end that go on being tried
     * @param unexplained objects of ours that no living grant explains
     * @param removed how many of these are gone now
     * @param heldBack how many are not removed because they are too many
     * @param foreign findings that are new and not ours
     */
    record SweepRepresentation(
            String tenant,
            Instant at,
            boolean compared,
            int takenBack,
            int stillOn,
            int missing,
            int foundAgain,
            int unexplained,
            int removed,
            int heldBack,
            int foreign) {
        static SweepRepresentation of(Reconciliation found) {
            return new SweepRepresentation(
                    found.tenant().value(),
                    found.at(),
                    found.compared(),
                    found.takenBack(),
                    found.stillOn(),
                    found.missing(),
                    found.foundAgain(),
                    found.unexplained(),
                    found.removed(),
                    found.heldBack(),
                    found.foreign());
        }
    }
}
