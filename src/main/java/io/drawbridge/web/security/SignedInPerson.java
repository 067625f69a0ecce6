package io.drawbridge.web.security;

import io.drawbridge.identity.Person;
import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;

/** A person as the sign-in sees him; his name is the full person id, which the engine relies on. */
final class SignedInPerson extends User {
    private static final long serialVersionUID = 1L;

    SignedInPerson(Person person, String passwordHash) {
        super(person.id().value(), passwordHash, authorities(person));
    }

    private static List<GrantedAuthority> authorities(Person person) {
        return person.roles().stream()
                .map(role -> (GrantedAuthority) new SimpleGrantedAuthority("ROLE_" + role.name()))
                .toList();
    }
}
