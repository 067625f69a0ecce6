package io.drawbridge.identity;

import java.util.Locale;

/** A person's user name, such as {@code alice@acme.example}; kept in lower case, so that one person has one spelling. */
public record PersonId(String value) implements Comparable<PersonId> {
    public PersonId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A person id must not be blank.");
        }
        value = value.toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(PersonId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
