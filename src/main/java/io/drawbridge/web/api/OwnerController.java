package io.drawbridge.web.api;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationDesk;
import io.drawbridge.organization.Owners;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who answers for IAM users and roles; a bare list, in the order in which its patterns are tried. */
@RestController
@RequestMapping(path = "/v1/owners", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Organisation")
class OwnerController {
    private final OrganizationDesk organization;
    private final Owners owners;

    OwnerController(OrganizationDesk organization, Owners owners) {
        this.organization = organization;
        this.owners = owners;
    }

    @GetMapping
    @Operation(summary = "Read the owners of IAM users and roles; for administrators.")
    @ApiResponse(responseCode = "200", description = "The entries, in the order in which they are tried.")
    List<Entry> read(@Only(Role.ADMINISTRATOR) Caller caller) {
        return entries(caller.tenant());
    }

    @PutMapping
    @Operation(summary = "Replace the owners of IAM users and roles; for administrators.")
    @ApiResponse(responseCode = "200", description = "The entries as they are now.")
    @ProblemStatuses({409, 422})
    List<Entry> replace(@Only(Role.ADMINISTRATOR) Caller caller, @RequestBody List<@Nullable Entry> replacement) {
        Map<String, String> wrong = new LinkedHashMap<>();
        List<Owners.Owner> named = new ArrayList<>();
        for (int at = 0; at < replacement.size(); at++) {
            Entry entry = replacement.get(at);
            String pattern = entry == null ? null : entry.pattern();
            String owner = entry == null ? null : entry.owner();
            if (pattern == null || pattern.isBlank()) {
                wrong.put("[" + at + "].pattern", "is missing; give an ARN, with * for any characters.");
            } else if (owner == null || owner.isBlank()) {
                wrong.put("[" + at + "].owner", "is missing; give a user name.");
            } else {
                named.add(new Owners.Owner(pattern.strip(), new PersonId(owner.strip())));
            }
        }
        if (!wrong.isEmpty()) {
            throw new InvalidInputException(wrong);
        }
        organization.replaceOwners(caller, named);
        return entries(caller.tenant());
    }

    private List<Entry> entries(TenantId tenant) {
        return owners.of(tenant).stream()
                .map(each -> new Entry(each.pattern(), each.owner().value()))
                .toList();
    }

    /** An ARN, or a pattern of one, and the user name of its owner. */
    record Entry(@Nullable String pattern, @Nullable String owner) {}
}
