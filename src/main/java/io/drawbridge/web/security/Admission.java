package io.drawbridge.web.security;

import io.drawbridge.identity.ArrivalDesk;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/** Makes of what an issuer says a person of ours; whoever is not one, or not of that tenant, is turned away. */
@Component
class Admission {
    private final People people;
    private final ArrivalDesk arrivals;
    private final SignInProperties properties;

    Admission(People people, ArrivalDesk arrivals, SignInProperties properties) {
        this.people = people;
        this.arrivals = arrivals;
        this.properties = properties;
    }

    /** The tenants that the claims name and that there are. */
    List<TenantId> tenants(SignInClaims claims) {
        List<TenantId> known = people.tenants();
        return claims.tenants().stream().filter(known::contains).toList();
    }

    /**
     * The person, with the groups that the claims name; added first if he is new and that is wanted.
     *
     * @param chosen the tenant that the call names, if it does
     * @throws NotAdmittedException if he has no part here
     */
    Person admit(SignInClaims claims, @Nullable TenantId chosen) {
        List<TenantId> tenants = tenants(claims);
        if (tenants.isEmpty()) {
            throw new NotAdmittedException(NotAdmittedException.Reason.NO_TENANT);
        }
        Person person = known(claims)
                .or(() -> added(claims, chosen == null ? tenants : List.of(chosen)))
                .filter(Person::active)
                .filter(found -> tenants.contains(found.tenant()))
                .orElseThrow(() -> new NotAdmittedException(NotAdmittedException.Reason.UNKNOWN_PERSON));
        String subject = claims.subject();
        if (subject == null || !arrivals.isSameLogin(person, subject)) {
            throw new NotAdmittedException(NotAdmittedException.Reason.OTHER_LOGIN);
        }
        Set<String> groups = claims.groups();
        return groups == null ? person : arrivals.keepGroups(person, groups, claims.issuedAt());
    }

    private Optional<Person> known(SignInClaims claims) {
        return people.find(claims.id());
    }

    /** In which of several tenants he belongs nobody can know. */
    private Optional<Person> added(SignInClaims claims, List<TenantId> tenants) {
        if (!properties.createPeople()
                || tenants.size() != 1
                || !claims.tenants().contains(tenants.get(0))) {
            return Optional.empty();
        }
        try {
            return arrivals.add(tenants.get(0), claims.id(), claims.name());
        } catch (DuplicateKeyException atTheSameMoment) {
            return known(claims);
        }
    }
}
