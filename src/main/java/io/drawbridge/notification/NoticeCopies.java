package io.drawbridge.notification;

import io.drawbridge.identity.Person;
import java.util.List;

/** A way by which people are told beside mail and page. */
public interface NoticeCopies {
    /**
     * Puts what is for these people into the outbox of this way, in the caller's transaction; nobody has been reached when it
     * returns. Whoever cannot be reached this way is skipped.
     *
     * @param people living people of one tenant, each once
     */
    void copy(List<Person> people, Letter letter);
}
