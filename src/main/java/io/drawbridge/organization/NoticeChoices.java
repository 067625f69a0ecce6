package io.drawbridge.organization;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import java.util.Optional;
import java.util.Set;

/** What people and tenants have chosen about being told. */
public interface NoticeChoices {
    /** What the person does not want to be told. */
    Set<Mute> mutes(PersonId person);

    /** Does nothing if it is muted already. */
    void mute(PersonId person, Mute mute);

    /** Does nothing if it is not muted. */
    void unmute(PersonId person, Mute mute);

    /** The tenant's own words below each chat message. */
    Optional<String> addendum(TenantId tenant);

    /** Replaces them; an empty text takes them away. */
    void setAddendum(TenantId tenant, String words);

    /**
     * Something that a person is not told.
     *
     * @param name word of a channel, such as {@code mail} or {@code slack}, or id of a scope
     */
    record Mute(Kind kind, String name) {
        /** By what it is chosen. */
        public enum Kind {
            CHANNEL,
            /** What lies in the scope, or below it. */
            SCOPE
        }
    }
}
