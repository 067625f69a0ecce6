package io.drawbridge.web.api;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Grants: what is open, and ending it early. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Grants")
class GrantController {
    private static final int LONGEST_PAGE = 200;

    private final GrantDesk grants;
    private final RequestRepresentations representations;

    GrantController(GrantDesk grants, RequestRepresentations representations) {
        this.grants = grants;
        this.representations = representations;
    }

    @GetMapping("/grants")
    @Operation(summary = "List the grants that the caller may see, newest first.")
    @ApiResponse(responseCode = "200", description = "One page.")
    @ProblemStatuses(422)
    PageOf<GrantRepresentation> list(
            Caller caller,
            @RequestParam(required = false) @Nullable List<String> state,
            @RequestParam(required = false) @Nullable String account,
            @RequestParam(required = false) @Nullable String person,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int most = Given.limit(limit, LONGEST_PAGE);
        Given.Place after = Given.place(cursor);
        Set<GrantState> states = Given.words("state", state, GrantState.class);
        String only = Given.text("account", account);
        List<Grant> found = grants.list(
                caller,
                states,
                only == null ? null : new ScopeId(only),
                Given.person("person", person),
                after == null ? null : new Grants.Position(after.at(), after.key()),
                most + 1);
        return PageOf.of(
                found, most, last -> Given.cursor(last.startsAt(), last.id().value()), page -> represent(caller, page));
    }

    @GetMapping("/grants/{id}")
    @Operation(summary = "Read one grant.")
    @ApiResponse(responseCode = "200", description = "The grant.")
    @ProblemStatuses(404)
    GrantRepresentation read(Caller caller, @InSight GrantId id) {
        return represent(caller, List.of(grants.read(caller, id))).get(0);
    }

    @DeleteMapping("/grants/{id}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "End a grant now; for its requester, an approver of the account, or an administrator.")
    @ApiResponse(responseCode = "202", description = "The grant; it is revoked when the cloud has confirmed it.")
    @ProblemStatuses({404, 409})
    GrantRepresentation end(Caller caller, @InSight GrantId id) {
        return represent(caller, List.of(grants.endEarly(caller, id))).get(0);
    }

    @PostMapping("/grants:revoke")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Operation(summary = "End everything of a person, of a scope, or of the tenant, in one action; for administrators.")
    @ApiResponse(responseCode = "202", description = "The grants that are being taken back.")
    @ProblemStatuses({409, 422})
    PageOf<GrantRepresentation> revoke(@Only(Role.ADMINISTRATOR) Caller caller, @RequestBody Revoking revoking) {
        String scope = Given.text("scope", revoking.scope());
        return PageOf.all(represent(
                caller,
                grants.endAll(
                        caller,
                        Given.person("person", revoking.person()),
                        scope == null ? null : new ScopeId(scope),
                        Boolean.TRUE.equals(revoking.all()),
                        revoking.reason())));
    }

    private List<GrantRepresentation> represent(Caller caller, List<Grant> found) {
        Map<String, String> names = representations.accountNames(caller.tenant());
        return found.stream().map(grant -> GrantRepresentation.of(grant, names)).toList();
    }

    /** What to end, and why; one of person, scope and {@code all: true} is needed. */
    record Revoking(@Nullable String person, @Nullable String scope, @Nullable Boolean all, @Nullable String reason) {}

    /**
     * A grant as the API shows it.
     *
     * @param endsAt 9999-12-31T00:00:00Z for one that was given for ever
     * @param permission the IAM action; null for a permission set
     * @param way {@code scp-exemption} or {@code account-assignment}
     * @param missingSince since when the cloud has not held what the grant opened; null while it does
     * @param sessionsUntil until when sessions that began under it may go on; null if they end with it
     * @param accessMayStillBeOn whether it is being taken back and the cloud has not yet confirmed that it is gone
     */
    record GrantRepresentation(
            String id,
            String tenant,
            String request,
            String state,
            Instant stateSince,
            String person,
            RequestRepresentation.IdentityRepresentation identity,
            RequestRepresentation.AccountRepresentation account,
            @Nullable String permission,
            @Nullable String permissionSet,
            String way,
            boolean breakGlass,
            Instant startsAt,
            Instant endsAt,
            @Nullable Instant activeAt,
            @Nullable Instant revokingAt,
            @Nullable Instant revokedAt,
            @Nullable Instant missingSince,
            @Nullable Instant sessionsUntil,
            @Nullable String endedBy,
            @Nullable String endReason,
            @Nullable String failure,
            boolean accessMayStillBeOn,
            GrantLinks links) {
        /** Where to find it, and the request that opened it. */
        record GrantLinks(String self, String request, String page) {}

        static GrantRepresentation of(Grant grant, Map<String, String> names) {
            return new GrantRepresentation(
                    grant.id().value(),
                    grant.tenant().value(),
                    grant.request().value(),
                    grant.state().name(),
                    grant.stateSince(),
                    grant.person().value(),
                    RequestRepresentations.identity(grant.identity()),
                    RequestRepresentations.account(grant.account().value(), names),
                    grant.entitlement() instanceof PermissionName permission ? permission.toString() : null,
                    RequestRepresentations.permissionSet(grant.entitlement()),
                    grant.way().word(),
                    grant.breakGlass(),
                    grant.startsAt(),
                    grant.endsAt(),
                    grant.activeAt().orElse(null),
                    grant.revokingAt().orElse(null),
                    grant.revokedAt().orElse(null),
                    grant.missingSince().orElse(null),
                    grant.sessionsUntil().orElse(null),
                    grant.endedBy().orElse(null),
                    grant.endReason().orElse(null),
                    grant.failure().orElse(null),
                    grant.state().mayStillBeOn(),
                    new GrantLinks(
                            "/v1/grants/" + grant.id(),
                            "/v1/requests/" + grant.request(),
                            "/requests/" + grant.request()));
        }
    }
}
