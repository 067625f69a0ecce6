package io.drawbridge.intake;

import io.drawbridge.identity.PersonId;
import io.drawbridge.intake.aws.CallerIdentity;
import io.drawbridge.request.Identity;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who was denied, in the words of a request.
 *
 * @param identity with the name of a person in lower case, so that one person has one spelling
 * @param personOrNull the person that the identity is; null for a machine, whose owner is asked instead
 * @param usedBy names known to be behind the identity. Whoever assumes a role chooses the session's name, so a name here
 *     can keep somebody from deciding, and must never let anybody
 */
record Claimant(Identity identity, @Nullable PersonId personOrNull, Set<String> usedBy) {
    Claimant {
        usedBy = Set.copyOf(usedBy);
    }

    /** Empty for an identity that names neither a person, nor a user, nor a role. */
    static Optional<Claimant> of(CallerIdentity caller) {
        String arn = caller.arn();
        if (arn == null) {
            return Optional.empty();
        }
        return switch (caller.type()) {
            case SSO_USER -> Optional.of(person(arn, caller));
            case IAM_USER ->
                Optional.of(
                        new Claimant(new Identity(Identity.Type.IAM_USER, arn, caller.name()), null, users(caller)));
            case IAM_ROLE ->
                Optional.of(
                        new Claimant(new Identity(Identity.Type.IAM_ROLE, arn, caller.name()), null, users(caller)));
            case OTHER -> Optional.empty();
        };
    }

    Optional<PersonId> person() {
        return Optional.ofNullable(personOrNull);
    }

    private static Claimant person(String arn, CallerIdentity caller) {
        String name = caller.name().toLowerCase(Locale.ROOT);
        Set<String> others = new LinkedHashSet<>(users(caller));
        others.removeIf(other -> other.equalsIgnoreCase(name));
        return new Claimant(new Identity(Identity.Type.SSO_USER, arn, name), new PersonId(name), others);
    }

    private static Set<String> users(CallerIdentity caller) {
        return Stream.of(caller.sessionName(), caller.sourceIdentity())
                .filter(Objects::nonNull)
                .filter(name -> !name.isBlank())
                .collect(Collectors.toUnmodifiableSet());
    }
}
