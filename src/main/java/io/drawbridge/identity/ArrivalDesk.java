package io.drawbridge.identity;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes in who signs in elsewhere, with what is said of him there; each change is audited. */
@Service
public class ArrivalDesk {
    private final People people;
    private final Roster roster;
    private final Subjects subjects;
    private final AuditTrail trail;

    ArrivalDesk(People people, Roster roster, Subjects subjects, AuditTrail trail) {
        this.people = people;
        this.roster = roster;
        this.subjects = subjects;
        this.trail = trail;
    }

    /**
     * Adds a person that nobody knew, as a requester and nothing more.
     *
     * @return empty if the id is taken, in whichever tenant, also by somebody who has left: nobody moves by signing in
     */
    @Transactional
    public Optional<Person> add(TenantId tenant, PersonId id, String name) {
        if (people.find(id).isPresent() || !people.tenants().contains(tenant)) {
            return Optional.empty();
        }
        Person person = new Person(id, tenant, name, id.value(), Set.of(), Set.of(Role.REQUESTER), true, "");
        roster.save(person);
        trail.record(tenant, AuditTrail.DRAWBRIDGE, "person.added", id.value(), Map.of("by", "sign-in"));
        return Optional.of(person);
    }

    /**
     * Whether it is the login of the issuer under which the person first signed in; the first one is kept. Another one is
     * refused and audited: the name has gone to somebody else there.
     *
     * @param subject the issuer, and its own id of the person
     */
    @Transactional
    public boolean isSameLogin(Person person, String subject) {
        Optional<String> known = subjects.of(person.id());
        if (known.isEmpty()) {
            subjects.keep(person.id(), subject);
            known = subjects.of(person.id());
        }
        if (known.filter(subject::equals).isPresent()) {
            return true;
        }
        trail.recordRefusal(
                person.tenant(),
                AuditTrail.DRAWBRIDGE,
                "sign-in.refused",
                person.id().value(),
                Map.of("reason", "another login of the issuer", "known", known.orElse(""), "shown", subject));
        return false;
    }

    /**
     * Keeps the groups that the issuer named, in place of those known before; what was said earlier than what is known
     * changes nothing.
     *
     * @param asOf when the issuer said so
     * @return the person as he is known now
     */
    @Transactional
    public Person keepGroups(Person person, Set<String> groups, Instant asOf) {
        Optional<Instant> known = roster.groupsAsOf(person.id());
        if (known.isPresent() && !known.get().isBefore(asOf)) {
            return person;
        }
        if (!roster.replaceGroups(person, groups, asOf)) {
            return people.find(person.id()).orElse(person);
        }
        if (!person.groups().equals(groups)) {
            trail.record(
                    person.tenant(),
                    AuditTrail.DRAWBRIDGE,
                    "person.groups-changed",
                    person.id().value(),
                    Map.of(
                            "before", new TreeSet<>(person.groups()).stream().toList(),
                            "after", new TreeSet<>(groups).stream().toList()));
        }
        return people.find(person.id()).orElse(person);
    }
}
