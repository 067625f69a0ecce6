package io.drawbridge.organization;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.util.List;
import java.util.Optional;

/** Who answers for an IAM user or role. */
public interface Owners {
    /** In the order in which they are tried. */
    List<Owner> of(TenantId tenant);

    void replace(TenantId tenant, List<Owner> owners);

    /** The owner of an identity: the first whose pattern matches the ARN. */
    default Optional<PersonId> ownerOf(TenantId tenant, String arn) {
        return of(tenant).stream()
                .filter(owner -> ArnPattern.matches(owner.pattern(), arn))
                .map(Owner::owner)
                .findFirst();
    }

    /**
     * One entry.
     *
     * @param pattern an ARN, or one with {@code *} for any characters
     */
    record Owner(String pattern, PersonId owner) {}
}
