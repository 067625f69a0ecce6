package io.drawbridge.web.pages;

import java.util.List;

/** What a field suggests while somebody types. */
final class Suggestions {
    private static final int MOST = 1000;

    private Suggestions() {}

    /** All of them, or none: a list that holds some only would say of the others that they are not there. */
    static <T> List<T> of(List<T> all) {
        return all.size() <= MOST ? all : List.of();
    }
}
