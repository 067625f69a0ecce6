package io.drawbridge.web.api;

import io.drawbridge.identity.ApiKey;
import io.drawbridge.identity.ApiKeyDesk;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Keys of programs that cannot sign in at an issuer; for administrators. */
@RestController
@RequestMapping(path = "/v1/api-keys", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "API keys")
class ApiKeyController {
    private final ApiKeyDesk keys;

    ApiKeyController(ApiKeyDesk keys) {
        this.keys = keys;
    }

    @GetMapping
    @Operation(summary = "List the tenant's API keys, newest first; for administrators.")
    @ApiResponse(responseCode = "200", description = "All keys, without their secrets.")
    List<KeyRepresentation> list(@Only(Role.ADMINISTRATOR) Caller caller) {
        return keys.list(caller).stream().map(KeyRepresentation::of).toList();
    }

    @PostMapping
    @SaysASecret
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Make an API key; for administrators.",
            description =
                    "The answer is the only place in which the key ever stands. Send it as Authorization: Bearer.")
    @ApiResponse(responseCode = "201", description = "The key.")
    @ProblemStatuses({409, 422})
    MadeRepresentation make(@Only(Role.ADMINISTRATOR) Caller caller, @RequestBody Making making) {
        List<String> words = making.roles();
        // A null among them is refused by its name, as any other word that is no role.
        Set<Role> roles = words == null
                ? null
                : Given.words("roles", words.stream().map(String::valueOf).toList(), Role.class);
        Instant expiresAt = Given.instant("expiresAt", making.expiresAt());
        ApiKeyDesk.Made made = keys.make(caller, making.name(), roles, expiresAt);
        return new MadeRepresentation(made.text(), KeyRepresentation.of(made.key()));
    }

    @DeleteMapping("/{id}")
    @Operation(summary = "Revoke an API key at once; for administrators.")
    @ApiResponse(responseCode = "200", description = "The key, which opens nothing any more.")
    @ProblemStatuses({404, 409})
    KeyRepresentation revoke(@Only(Role.ADMINISTRATOR) Caller caller, @PathVariable String id) {
        return KeyRepresentation.of(keys.revoke(caller, id));
    }

    /** What a key is for, what it may do, and until when. */
    record Making(@Nullable String name, @Nullable List<String> roles, @Nullable String expiresAt) {}

    /**
     * A key that was just made.
     *
     * @param secret the whole text to send; shown this once
     */
    record MadeRepresentation(String secret, KeyRepresentation key) {}

    /** A key as the API shows it. */
    record KeyRepresentation(
            String id,
            String name,
            List<String> roles,
            String createdBy,
            Instant createdAt,
            Instant expiresAt,
            @Nullable String revokedBy,
            @Nullable Instant revokedAt) {
        static KeyRepresentation of(ApiKey key) {
            PersonId revokedBy = key.revokedBy();
            return new KeyRepresentation(
                    key.id(),
                    key.name(),
                    key.roles().stream().map(Role::name).sorted().toList(),
                    key.createdBy().value(),
                    key.createdAt(),
                    key.expiresAt(),
                    revokedBy == null ? null : revokedBy.value(),
                    key.revokedAt());
        }
    }
}
