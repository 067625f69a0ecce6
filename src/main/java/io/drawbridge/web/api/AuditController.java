package io.drawbridge.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.AuditChain;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
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
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit")
class AuditController {
    private static final int LONGEST_PAGE = 999;
    private static final String LINES = "application/x-ndjson";

    private final AuditTrail trail;
    private final AuditChain chain;
    private final RecordedSteps steps;

    AuditController(AuditTrail trail, AuditChain chain, RecordedSteps steps) {
        this.trail = trail;
        this.chain = chain;
        this.steps = steps;
    }

    @GetMapping("/audit")
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

    @GetMapping("/audit:verify")
    @Operation(summary = "Verify the tenant's audit chain against itself and its signed heads; for administrators.")
    @ApiResponse(responseCode = "200", description = "Whether it is whole, and what is wrong with it if not.")
    Verified verify(@Only(Role.ADMINISTRATOR) Caller caller) {
        AuditChain.Verification found = chain.verify(caller.tenant());
        return new Verified(
                found.whole(),
                found.sealed(),
                found.hash(),
                found.signed(),
                new Unsealed(found.unsealed(), found.oldestUnsealed()),
                found.findings());
    }

    @GetMapping(path = "/audit:export", produces = LINES)
    @Operation(
            summary =
                    "Take the tenant's whole audit chain away, as lines of JSON that can be verified offline; for administrators.")
    @ApiResponse(
            responseCode = "200",
            description = "A record a line, oldest first, and the signed head that closes the export.",
            content = @Content(mediaType = LINES, schema = @Schema(type = "string")))
    void export(@Only(Role.ADMINISTRATOR) Caller caller, HttpServletResponse response) throws IOException {
        response.setContentType(LINES);
        Writer out = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8);
        chain.export(caller.tenant(), line -> out.append(line).append('\n'));
        out.flush();
    }

    private AuditEntry represent(AuditTrail.AuditRecord entry) {
        return new AuditEntry(
                entry.number(), entry.at(), entry.actor(), entry.action(), entry.subject(), steps.details(entry));
    }

    /**
     * Whether the chain is whole.
     *
     * @param sealed records that are right, up to the first that is not
     * @param hash of the last of them
     * @param signed the last place of them that was signed, null if none was
     * @param findings empty exactly if it is whole; the first thing that is wrong with the records comes first
     */
    record Verified(
            boolean whole,
            long sealed,
            String hash,
            AuditChain.@Nullable Signed signed,
            Unsealed unsealed,
            List<AuditChain.Finding> findings) {}

    /** Records that wait for their seal; nothing is known of them yet. */
    record Unsealed(long count, @Nullable Instant oldest) {}

    /** One record. */
    record AuditEntry(long number, Instant at, String actor, String action, String subject, JsonNode details) {}
}
