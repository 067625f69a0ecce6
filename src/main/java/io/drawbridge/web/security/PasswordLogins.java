package io.drawbridge.web.security;

import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.context.annotation.Profile;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Component;

/**
 * The logins of the demo: by user name, or by the part before the {@code @} where only one person has it.
 *
 * <p>There is no such bean outside the demo, so no password opens anything there.
 */
@Component
@Profile("demo")
class PasswordLogins implements UserDetailsService {
    private static final int LONGEST_NAME = 255;

    private final People people;

    PasswordLogins(People people) {
        this.people = people;
    }

    @Override
    public UserDetails loadUserByUsername(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        if (wanted.isEmpty() || wanted.length() > LONGEST_NAME || wanted.chars().anyMatch(Character::isISOControl)) {
            throw nobody();
        }
        List<Person> found = wanted.contains("@")
                ? people.find(new PersonId(wanted)).stream().toList()
                : shortNamed(wanted);
        if (found.size() != 1 || !found.get(0).active()) {
            throw nobody();
        }
        Person person = found.get(0);
        return people.passwordHash(person.id())
                .map(hash -> new SignedInPerson(person, hash))
                .orElseThrow(PasswordLogins::nobody);
    }

    private List<Person> shortNamed(String name) {
        return people.tenants().stream()
                .flatMap(tenant -> people.of(tenant).stream())
                .filter(person -> shortName(person).equals(Optional.of(name)))
                .filter(person -> people.passwordHash(person.id()).isPresent())
                .toList();
    }

    private static Optional<String> shortName(Person person) {
        int at = person.id().value().indexOf('@');
        return at < 0 ? Optional.empty() : Optional.of(person.id().value().substring(0, at));
    }

    private static UsernameNotFoundException nobody() {
        return new UsernameNotFoundException("Nobody signs in with this name.");
    }
}
