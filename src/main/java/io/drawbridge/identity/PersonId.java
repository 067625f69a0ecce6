package io.drawbridge.identity;

import java.util.Locale;

/** A person's user name, such as {@code alice@acme.example}; kept in lower case, so that one person has one spelling. */
public record PersonId(String value) implements Comparable<PersonId> {
    /** The letters beyond ASCII, KELVIN SIGN and I WITH DOT, of which lower case makes letters of ASCII. */
    private static final String FALSE_FRIENDS = "\u212A\u0130";

    public PersonId {
        if (value.isBlank()) {
            throw new IllegalArgumentException("A person id must not be blank.");
        }
        value = lowered(value);
    }

    /** A false friend stays as it is: lowered, it would be the name of somebody else. */
    private static String lowered(String value) {
        return value.chars().noneMatch(c -> FALSE_FRIENDS.indexOf(c) >= 0)
                ? value.toLowerCase(Locale.ROOT)
                : value.codePoints()
                        .map(c -> FALSE_FRIENDS.indexOf(c) >= 0 ? c : Character.toLowerCase(c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
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
