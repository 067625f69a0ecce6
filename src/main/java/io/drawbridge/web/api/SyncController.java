package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.SyncDesk;
import io.drawbridge.organization.SyncReport;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Synchronizes the organisation with AWS when an administrator does not want to wait. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Organisation")
class SyncController {
    /** Changes that an answer names one by one. */
    private static final int MOST_SHOWN = 1000;

    private final SyncDesk desk;

    SyncController(SyncDesk desk) {
        this.desk = desk;
    }

    @PostMapping("/organization:sync")
    @Operation(summary = "Read the organisation, its people and permission sets from AWS now; for administrators.")
    @ApiResponse(responseCode = "200", description = "What has changed, or why nothing has.")
    @ProblemStatuses({409, 422, 502})
    SyncRepresentation sync(
            @Only(Role.ADMINISTRATOR) Caller caller, @RequestBody(required = false) @Nullable Syncing syncing) {
        return SyncRepresentation.of(desk.sync(caller, syncing != null && Boolean.TRUE.equals(syncing.force())));
    }

    /** Whether to apply what would be held back, too; left out, not. */
    record Syncing(@Nullable Boolean force) {}

    /**
     * What came of it.
     *
     * @param applied false if nothing was changed
     * @param heldBack why it was held back; apply it with {@code force: true}
     * @param counts number of changes by kind; what would have changed if it was held back
     * @param changes the first thousand of them
     * @param notes what was left as it is although AWS says otherwise, and why
     */
    record SyncRepresentation(
            boolean applied,
            List<SyncReport.Hold> heldBack,
            Map<String, Integer> counts,
            List<ChangeRepresentation> changes,
            List<String> notes) {
        static SyncRepresentation of(SyncReport report) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            report.counts().forEach((kind, count) -> counts.put(kind.word(), count));
            return new SyncRepresentation(
                    report.applied(),
                    report.heldBack(),
                    counts,
                    report.changes().stream()
                            .limit(MOST_SHOWN)
                            .map(change -> new ChangeRepresentation(
                                    change.kind().word(), change.subject(), change.before(), change.after()))
                            .toList(),
                    report.notes().stream().limit(MOST_SHOWN).toList());
        }
    }

    /** One change of a scope, a person or a permission set. */
    record ChangeRepresentation(String change, String subject, String before, String after) {}
}
