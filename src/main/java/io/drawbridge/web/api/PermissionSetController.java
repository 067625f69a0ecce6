package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.PermissionSets;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The permission sets that can be asked for. */
@RestController
@RequestMapping(path = "/v1/permission-sets", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Organisation")
class PermissionSetController {
    private final OrganizationDesk organization;
    private final PermissionSets permissionSets;

    PermissionSetController(OrganizationDesk organization, PermissionSets permissionSets) {
        this.organization = organization;
        this.permissionSets = permissionSets;
    }

    @GetMapping
    @Operation(summary = "List the permission sets that can be asked for, by name; for people.")
    @ApiResponse(responseCode = "200", description = "Those of IAM Identity Center that are tagged as Drawbridge's.")
    PageOf<PermissionSetRepresentation> list(@Only({Role.REQUESTER, Role.ADMINISTRATOR}) Caller caller) {
        return PageOf.all(permissionSets.of(caller.tenant()).stream()
                .map(PermissionSetRepresentation::of)
                .toList());
    }

    @PutMapping("/{id}")
    @Operation(summary = "Say whether sessions are closed when a grant of the set ends; for administrators.")
    @ApiResponse(responseCode = "200", description = "The permission set as it is now.")
    @ProblemStatuses({404, 409, 422})
    PermissionSetRepresentation change(
            @InSight PermissionSetName id, @Only(Role.ADMINISTRATOR) Caller caller, @RequestBody Changing changing) {
        Boolean closesSessions = changing.closesSessions();
        if (closesSessions == null) {
            throw new InvalidInputException("closesSessions", "is missing; say true or false.");
        }
        organization.closeSessions(caller, id, closesSessions);
        return permissionSets
                .find(caller.tenant(), id)
                .map(PermissionSetRepresentation::of)
                .orElseThrow(() -> new NotFoundException("permission set", id.name()));
    }

    /** What an administrator can change. */
    record Changing(@Nullable Boolean closesSessions) {}

    /**
     * A permission set.
     *
     * @param sessionDuration how long a session that began under it lasts at most
     * @param closesSessions whether such sessions are closed when the grant ends
     */
    record PermissionSetRepresentation(
            String name, String arn, String description, String sessionDuration, boolean closesSessions) {
        static PermissionSetRepresentation of(PermissionSets.PermissionSet set) {
            return new PermissionSetRepresentation(
                    set.name().name(),
                    set.arn(),
                    set.description(),
                    set.sessionDuration().toString(),
                    set.closesSessions());
        }
    }
}
