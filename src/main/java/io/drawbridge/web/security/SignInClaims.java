package io.drawbridge.web.security;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import java.io.Serializable;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a token, or a key, says of whoever shows it.
 *
 * @param id the person's user name, or the name of the service
 * @param service whether no person stands behind it
 * @param groups the person's groups; null if the token does not count for them
 * @param roles the roles of a service; empty for a person, whose roles stand in our own tables
 * @param mfa whether a second factor is known to have been used
 * @param issuedAt when the issuer said this
 * @param subject the issuer and its own id of the person; null for what is no person
 */
record SignInClaims(
        PersonId id,
        String name,
        boolean service,
        Set<TenantId> tenants,
        @Nullable Set<String> groups,
        Set<Role> roles,
        boolean mfa,
        Instant issuedAt,
        @Nullable String subject)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Begins the name of whatever is no person, so that a service never becomes one. */
    static final String SERVICE = "service:";

    static final String API_KEY = "api-key:";

    /** Begins the user name that Keycloak gives a client which speaks for itself; lowered there, and no person's. */
    private static final String SERVICE_ACCOUNT = "service-account-";

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_SUBJECT = 512;
    private static final int LONGEST_GROUP = 128;
    private static final int MOST_GROUPS = 1000;

    /** Where issuers name the client that a token was made for (RFC 9068, OpenID Connect, Entra ID v1, Okta). */
    private static final List<String> CLIENT = List.of("client_id", "azp", "appid", "cid");

    /** The claims cannot say who it is. */
    static final class UnreadableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * Reads the claims of a token whose signature was checked.
     *
     * @param issuedAt its {@code iat}
     * @throws UnreadableException if it names nobody who could be meant
     */
    static SignInClaims of(Map<String, Object> claims, Instant issuedAt, SignInProperties properties) {
        Set<TenantId> tenants = words(claims, properties.tenantClaim()).stream()
                .map(word -> properties.tenants().getOrDefault(word, word))
                .filter(word -> !word.isBlank())
                .map(TenantId::new)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Optional<String> service = serviceIn(claims);
        if (service.isPresent()) {
            Set<Role> roles = words(claims, properties.serviceRolesClaim()).stream()
                    .flatMap(word ->
                            Optional.ofNullable(properties.serviceRoles().get(word)).stream())
                    .collect(Collectors.toSet());
            return new SignInClaims(
                    new PersonId(SERVICE + service.get()),
                    service.get(),
                    true,
                    tenants,
                    null,
                    roles,
                    false,
                    issuedAt,
                    null);
        }
        PersonId person = person(claims, properties);
        String name = text(claims, "name").orElse(person.value());
        boolean mfa = words(claims, "amr").contains("mfa");
        return new SignInClaims(
                person,
                name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME),
                false,
                tenants,
                groups(claims, properties),
                Set.of(),
                mfa,
                issuedAt,
                subject(claims));
    }

    /** Whether the token is a service's, and says what the service is there for. */
    static boolean isService(Map<String, Object> claims, SignInProperties properties) {
        return serviceIn(claims).isPresent()
                && !words(claims, properties.serviceRolesClaim()).isEmpty();
    }

    private static String subject(Map<String, Object> claims) {
        String issuer = String.valueOf(claims.get("iss"));
        return text(claims, "sub")
                .filter(sub -> !sub.isBlank())
                .map(sub -> issuer + " " + sub)
                .filter(subject -> subject.length() <= LONGEST_SUBJECT)
                .orElseThrow(() -> new UnreadableException(
                        "The token's claim \"sub\" is missing or too long; with the issuer it has " + LONGEST_SUBJECT
                                + " characters at most."));
    }

    private static PersonId person(Map<String, Object> claims, SignInProperties properties) {
        String claim = properties.personClaim();
        String person = text(claims, claim)
                .map(String::strip)
                .filter(word -> !word.isEmpty() && word.length() <= LONGEST_NAME)
                .filter(SignInClaims::isPlain)
                .filter(word -> !word.startsWith(SERVICE) && !word.startsWith(API_KEY))
                .orElseThrow(() -> new UnreadableException(
                        "The token names no person: its claim \"" + claim + "\" is missing or cannot be a user name."));
        if (isServiceAccount(person)
                || text(claims, "preferred_username")
                        .filter(SignInClaims::isServiceAccount)
                        .isPresent()) {
            throw new UnreadableException(
                    "The token names a service account and not its client; a service is no person.");
        }
        boolean verified = Boolean.parseBoolean(String.valueOf(claims.get("email_verified")));
        if (claim.equals("email") && properties.requireVerifiedEmail() && !verified) {
            throw new UnreadableException(
                    "The token's e-mail address is not verified; the issuer has to say email_verified.");
        }
        return new PersonId(person);
    }

    private static boolean isServiceAccount(String name) {
        return name.strip().regionMatches(true, 0, SERVICE_ACCOUNT, 0, SERVICE_ACCOUNT.length());
    }

    /** Printable ASCII without blanks: beyond it are letters that look alike, or that no eye sees. */
    private static boolean isPlain(String word) {
        return word.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    private static @Nullable Set<String> groups(Map<String, Object> claims, SignInProperties properties) {
        String claim = properties.groupsClaim();
        if (claim.isBlank()) {
            return null;
        }
        // Entra ID points elsewhere if there are more than fit; taken as none, a rule against a group would not bind.
        boolean elsewhere = claims.get("_claim_names") instanceof Map<?, ?> names
                && (names.containsKey(claim) || names.containsKey(claim.split("\\.", 2)[0]));
        if (elsewhere || Boolean.parseBoolean(String.valueOf(claims.get("hasgroups")))) {
            throw new UnreadableException(
                    "The token leaves out the groups, because they are too many; let the issuer send"
                            + " only those that are assigned to Drawbridge.");
        }
        Object said = value(claims, claim);
        if (said == null && properties.groupsMayBeMissing()) {
            return Set.of();
        }
        if (!(said instanceof Collection<?>) && !(said instanceof String)) {
            throw new UnreadableException("The token does not list the groups: its claim \"" + claim
                    + "\" is missing or is no list; let the issuer send it, empty for somebody without groups, or set"
                    + " drawbridge.sign-in.groups-may-be-missing.");
        }
        Set<String> groups = words(claims, claim).stream()
                .filter(group -> !group.isBlank() && group.length() <= LONGEST_GROUP)
                .collect(Collectors.toSet());
        if (groups.size() > MOST_GROUPS) {
            throw new UnreadableException("The token names more than " + MOST_GROUPS + " groups.");
        }
        return groups;
    }

    /**
     * The client, if it speaks for itself. There is no one sign of it: RFC 9068 makes the subject the client, Keycloak
     * names a user of its own, Entra ID and Auth0 have a claim.
     */
    private static Optional<String> serviceIn(Map<String, Object> claims) {
        return CLIENT.stream()
                .flatMap(claim -> text(claims, claim).stream())
                .filter(client ->
                        !client.isBlank() && isPlain(client) && client.length() <= LONGEST_NAME - SERVICE.length())
                .findFirst()
                .filter(client -> text(claims, "sub").equals(Optional.of(client))
                        || text(claims, "preferred_username")
                                .filter((SERVICE_ACCOUNT + client)::equalsIgnoreCase)
                                .isPresent()
                        || text(claims, "idtyp").equals(Optional.of("app"))
                        || text(claims, "gty").equals(Optional.of("client-credentials")));
    }

    private static Optional<String> text(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The words of a claim: a list, or one text; scopes are words with spaces between. */
    private static Set<String> words(Map<String, Object> claims, String name) {
        Object value = value(claims, name);
        Stream<String> words = value instanceof Collection<?> list
                ? list.stream().filter(String.class::isInstance).map(String.class::cast)
                : value instanceof String text
                        ? Stream.of(name.equals("scope") ? text.split(" ") : new String[] {text})
                        : Stream.empty();
        return words.collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static @Nullable Object value(Map<String, Object> claims, String name) {
        Object value = claims.get(name);
        return value == null && name.contains(".") ? inside(claims, List.of(name.split("\\."))) : value;
    }

    private static @Nullable Object inside(Map<?, ?> claims, List<String> path) {
        Object value = claims.get(path.get(0));
        return path.size() == 1 || value == null
                ? value
                : value instanceof Map<?, ?> deeper ? inside(deeper, path.subList(1, path.size())) : null;
    }
}
