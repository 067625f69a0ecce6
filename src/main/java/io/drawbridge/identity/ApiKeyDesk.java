package io.drawbridge.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes, shows and revokes the API keys of a tenant; for administrators.
 *
 * <p>A key is {@code drawbridge_<id>_<secret>}, the secret 32 random bytes. Of the secret only the SHA-256 is kept: nobody
 * guesses 256 random bits, so that a slow hash, which makes a weak password costly to guess, would add nothing but a way to
 * keep the server busy.
 */
@Service
public class ApiKeyDesk {
    /** Begins every key, so that one that was left lying about is found by a search for it. */
    public static final String PREFIX = "drawbridge_";

    /** Longest life of a key. */
    public static final Duration LONGEST = Duration.ofDays(366);

    /** What a key may be for: a decision is always a person's, so that there is none for administrators or requesters. */
    private static final Set<Role> OFFERED = EnumSet.of(Role.INTAKE, Role.OPERATIONS, Role.PROCESS_OWNER);

    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_NAME = 100;

    private final ApiKeys keys;
    private final AuditTrail trail;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ApiKeyDesk(ApiKeys keys, AuditTrail trail, Clock clock) {
        this.keys = keys;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * A key that was just made.
     *
     * @param text the whole key; it is nowhere else, and cannot be shown again
     */
    public record Made(ApiKey key, String text) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Made[" + key + "]";
        }
    }

    /** The keys of the caller's tenant, newest first. */
    public List<ApiKey> list(Caller caller) {
        demandAdministrator(caller);
        return keys.of(caller.tenant());
    }

    /**
     * Makes a key.
     *
     * @throws InvalidInputException naming what is wrong
     * @throws ForbiddenException if a role of the installation is asked for that the caller does not have himself
     */
    @Transactional
    public Made make(Caller caller, @Nullable String name, @Nullable Set<Role> roles, @Nullable Instant expiresAt) {
        demandAdministrator(caller);
        Instant now = clock.instant();
        Map<String, String> wrong = new LinkedHashMap<>();
        String text = name == null ? "" : name.strip();
        if (text.isEmpty() || text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
            wrong.put("name", "must say in 1 to " + LONGEST_NAME + " characters what the key is for.");
        }
        if (roles == null || roles.isEmpty() || !OFFERED.containsAll(roles)) {
            wrong.put("roles", "must be one or more of " + OFFERED + ".");
        }
        if (expiresAt == null || !expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST))) {
            wrong.put("expiresAt", "must be an instant within the next " + LONGEST.toDays() + " days.");
        }
        if (!wrong.isEmpty() || roles == null || expiresAt == null) {
            throw new InvalidInputException(wrong);
        }
        if (roles.stream().anyMatch(role -> role != Role.INTAKE && !caller.has(role))) {
            throw new ForbiddenException(
                    "A key for the whole installation is made by an administrator who has that role" + " himself.");
        }
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        ApiKey key = new ApiKey(
                UUID.randomUUID().toString().replace("-", ""),
                caller.tenant(),
                text,
                roles,
                caller.id(),
                now,
                expiresAt,
                null,
                null);
        keys.add(key, hash(secret));
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "api-key.made",
                key.id(),
                Map.of(
                        "name", text,
                        "roles", roles.stream().map(Role::name).sorted().toList(),
                        "expiresAt", expiresAt.toString()));
        return new Made(key, PREFIX + key.id() + "_" + secret);
    }

    /**
     * Revokes a key at once; one that is revoked already stays so.
     *
     * @throws NotFoundException if the caller's tenant has no such key
     */
    @Transactional
    public ApiKey revoke(Caller caller, String id) {
        demandAdministrator(caller);
        if (keys.find(id).filter(key -> key.tenant().equals(caller.tenant())).isEmpty()) {
            throw new NotFoundException("API key", id);
        }
        if (keys.revoke(id, caller.id(), clock.instant())) {
            trail.record(caller.tenant(), caller.id().value(), "api-key.revoked", id, Map.of());
        }
        return keys.find(id).orElseThrow(() -> new NotFoundException("API key", id));
    }

    /** The key of that text, if there is one and it opens something now. */
    public Optional<ApiKey> find(String text) {
        String[] parts = text.split("_", 3);
        if (parts.length != 3 || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        byte[] shown = hash(parts[2]).getBytes(StandardCharsets.US_ASCII);
        return keys.secretHash(parts[1])
                .filter(kept -> MessageDigest.isEqual(kept.getBytes(StandardCharsets.US_ASCII), shown))
                .flatMap(kept -> keys.find(parts[1]))
                .filter(key -> key.opens(clock.instant()));
    }

    private static void demandAdministrator(Caller caller) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may see, make and revoke API keys.");
        }
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }
}
