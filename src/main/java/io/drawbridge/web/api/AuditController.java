package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was done, by whom and why. */
@RestController
@RequestMapping(path = "/v1/audit", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit")
class AuditController {
    private static final int LONGEST_PAGE = 999;

    private final AuditTrail trail;
    private final RecordedSteps steps;

    AuditController(AuditTrail trail, RecordedSteps steps) {
        this.trail = trail;
        this.steps = steps;
    }

    @GetMapping
    @Operation(summary = "List the audit records of the tenant, newest first; for administrators.")
    @ApiResponse(responseCode = "200", description = "One page.")
    @ProblemStatuses(422)
    PageOf<AuditEntry> list(
            @Only(Role.ADMINISTRATOR) Caller caller,
            @RequestParam(required = false) @Nullable String since,
            @RequestParam(required = false) @Nullable String until,
            @RequestParam(required = false) @Nullable String actor,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable String subject,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Given.limit(limit, LONGEST_PAGE);
        List<AuditTrail.AuditRecord> found = trail.find(
                caller.tenant(),
                new AuditTrail.Query(
                        Given.instant("since", since),
                        Given.instant("until", until),
                        Given.text("actor", actor),
                        Given.text("action", action),
                        Given.text("subject", subject),
                        Given.number(cursor),
                        most + 1));
        return PageOf.of(
                found, most, last -> Given.cursor(last.at(), String.valueOf(last.number())), page -> page.stream()
                        .map(this::represent)
                        .toList());
    }

    private AuditEntry represent(AuditTrail.AuditRecord entry) {
        return new AuditEntry(
                entry.number(), entry.at(), entry.actor(), entry.action(), entry.subject(), steps.details(entry));
    }

    /** One record. */
    record AuditEntry(long number, Instant at, String actor, String action, String subject, JsonNode details) {}
}
