package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.organization.Control;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.PermissionCatalogue;
import io.drawbridge.organization.PermissionSetName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The organisation tree: who approves where, and what is closed there. */
@RestController
@RequestMapping(path = "/v1/scopes", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Organisation")
class ScopeController {
    private final OrganizationDesk organization;
    private final ScopeTree tree;
    private final PermissionCatalogue catalogue;

    ScopeController(OrganizationDesk organization, ScopeTree tree, PermissionCatalogue catalogue) {
        this.organization = organization;
        this.tree = tree;
        this.catalogue = catalogue;
    }

    @GetMapping
    @Operation(summary = "Read the organisation tree, with approvers, controls and what is effective.")
    @ApiResponse(responseCode = "200", description = "The roots with all that is below them, and the services known.")
    Tree read(Caller caller) {
        return new Tree(
                tree.of(caller.tenant()),
                null,
                catalogue.services().stream()
                        .map(each -> new KnownService(each.service(), each.title()))
                        .toList());
    }

    @PutMapping("/{id}/approvers")
    @Operation(summary = "Replace the approvers of a scope, and say whether self-approval is on; for administrators.")
    @ApiResponse(responseCode = "200", description = "The scope as it is now, with all that is below it.")
    @ProblemStatuses({404, 409, 422})
    ScopeTree.ScopeRepresentation assign(
            @InSight ScopeId id, @Only(Role.ADMINISTRATOR) Caller caller, @RequestBody Assigning assigning) {
        organization.assignApprovers(
                caller,
                id,
                people(assigning.approvers()),
                Boolean.TRUE.equals(assigning.overrideBelow()),
                assigning.selfApproval());
        return tree.of(caller.tenant(), id);
    }

    @PutMapping("/{id}/controls/{service}")
    @Operation(summary = "Set what is closed for a service at a scope, and for whom not; for administrators.")
    @ApiResponse(responseCode = "200", description = "The scope as it is now, with all that is below it.")
    @ProblemStatuses({404, 409, 422})
    ScopeTree.ScopeRepresentation control(
            @InSight ScopeId id,
            @Only(Role.ADMINISTRATOR) Caller caller,
            @PathVariable String service,
            @RequestBody Controlling controlling) {
        organization.setControl(
                caller,
                new Controls.ScopeControl(
                        id,
                        service,
                        control(controlling.control()),
                        entries("exempt", controlling.exempt()),
                        way(controlling),
                        permissionSet(controlling)));
        return tree.of(caller.tenant(), id);
    }

    private static Control control(@Nullable String word) {
        for (Control control : Control.values()) {
            if (control.name().toLowerCase(Locale.ROOT).equals(word)) {
                return control;
            }
        }
        throw new InvalidInputException("control", "must be protected, disabled or none.");
    }

    private static Way way(Controlling controlling) {
        String word = controlling.way();
        if (word == null) {
            return controlling.permissionSet() == null ? Way.SCP_EXEMPTION : Way.ACCOUNT_ASSIGNMENT;
        }
        try {
            return Way.parse(word);
        } catch (IllegalArgumentException unknown) {
            throw new InvalidInputException("way", "must be scp-exemption or account-assignment.");
        }
    }

    private static @Nullable PermissionSetName permissionSet(Controlling controlling) {
        String name = controlling.permissionSet();
        boolean needed = way(controlling) == Way.ACCOUNT_ASSIGNMENT;
        if (needed != (name != null)) {
            throw new InvalidInputException(
                    "permissionSet",
                    needed
                            ? "is missing; name what is assigned to open the permissions of the service."
                            : "is given with the way account-assignment only.");
        }
        try {
            return name == null ? null : new PermissionSetName(name);
        } catch (IllegalArgumentException unreadable) {
            throw new InvalidInputException(
                    "permissionSet", "is no name of a permission set; expected 1 to 32 letters, digits or _+=,.@-.");
        }
    }

    private static List<PersonId> people(@Nullable List<@Nullable String> names) {
        if (names == null) {
            throw new InvalidInputException("approvers", "is missing; give a list of user names, which may be empty.");
        }
        return entries("approvers", names).stream().map(PersonId::new).toList();
    }

    /** The entries of a list, each of which has to be a text; an absent list is empty. */
    static List<String> entries(String field, @Nullable List<@Nullable String> given) {
        List<String> entries = new ArrayList<>();
        for (String each : given == null ? List.<@Nullable String>of() : given) {
            if (each == null || each.isBlank()) {
                throw new InvalidInputException(field + "[" + entries.size() + "]", "must not be empty.");
            }
            entries.add(each.strip());
        }
        return entries;
    }

    /** Who approves at a scope; what is left out stays as it is, but for the approvers. */
    record Assigning(
            @Nullable List<@Nullable String> approvers,
            @Nullable Boolean overrideBelow,
            @Nullable Boolean selfApproval) {}

    /**
     * What is closed: {@code protected}, {@code disabled} or {@code none}; and for whom not.
     *
     * @param way how it is opened, {@code scp-exemption} or {@code account-assignment}; left out, the first
     * @param permissionSet what is assigned to open it, with the way {@code account-assignment}
     */
    record Controlling(
            @Nullable String control,
            @Nullable List<@Nullable String> exempt,
            @Nullable String way,
            @Nullable String permissionSet) {}

    /**
     * The tree.
     *
     * @param services those that a control can be set for
     */
    record Tree(List<ScopeTree.ScopeRepresentation> items, @Nullable String next, List<KnownService> services) {}

    /** A service of the catalogue. */
    record KnownService(String service, String title) {}
}
