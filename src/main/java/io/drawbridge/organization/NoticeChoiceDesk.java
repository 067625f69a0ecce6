package io.drawbridge.organization;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.organization.NoticeChoices.Mute;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What people choose about being told, each for himself, and an administrator for the tenant; audited. */
@Service
public class NoticeChoiceDesk {
    /** Longest text of a tenant below a chat message, in characters. */
    public static final int LONGEST_ADDENDUM = 1000;

    /** Channels that can be muted. */
    public static final List<String> CHANNELS = List.of("mail", "slack", "teams");

    private final NoticeChoices choices;
    private final Scopes scopes;
    private final AuditTrail trail;

    NoticeChoiceDesk(NoticeChoices choices, Scopes scopes, AuditTrail trail) {
        this.choices = choices;
        this.scopes = scopes;
        this.trail = trail;
    }

    /** What the caller is not told. */
    @Transactional(readOnly = true)
    public Set<Mute> mutes(Caller caller) {
        return choices.mutes(caller.id());
    }

    /**
     * The caller is told nothing more by that channel, or about that scope and what lies below, but for what is loud. The
     * pages show everything nevertheless.
     *
     * @throws InvalidInputException if there is no such channel, or no such scope in his tenant
     */
    @Transactional
    public void mute(Caller caller, Mute.Kind kind, @Nullable String name) {
        Mute mute = known(caller, kind, name);
        choices.mute(caller.id(), mute);
        recorded(caller, "notices.muted", mute);
    }

    /** The caller is told again. Fails as {@link #mute} does, but for a scope that is gone meanwhile. */
    @Transactional
    public void unmute(Caller caller, Mute.Kind kind, @Nullable String name) {
        Mute mute = new Mute(kind, name == null ? "" : name.strip());
        if (choices.mutes(caller.id()).contains(mute)) {
            choices.unmute(caller.id(), mute);
            recorded(caller, "notices.unmuted", mute);
        }
    }

    /** The tenant's own words below each chat message; empty if it has none. */
    @Transactional(readOnly = true)
    public String addendum(Caller caller) {
        return choices.addendum(caller.tenant()).orElse("");
    }

    /**
     * Replaces the tenant's own words; empty takes them away.
     *
     * @throws ForbiddenException if the caller is no administrator
     * @throws InvalidInputException if they are longer than {@link #LONGEST_ADDENDUM} characters
     */
    @Transactional
    public void setAddendum(Caller caller, @Nullable String words) {
        if (!caller.isAdministrator()) {
            throw new ForbiddenException("Only an administrator may change what stands below chat messages.");
        }
        String text = words == null ? "" : words.strip().replace("\r\n", "\n");
        if (text.length() > LONGEST_ADDENDUM || text.indexOf('\0') >= 0) {
            throw new InvalidInputException(
                    "addendum", "has " + text.length() + " characters; at most " + LONGEST_ADDENDUM + " are kept.");
        }
        String before = choices.addendum(caller.tenant()).orElse("");
        choices.setAddendum(caller.tenant(), text);
        trail.record(
                caller.tenant(),
                caller.id().value(),
                "chat.addendum-changed",
                caller.tenant().value(),
                Map.of("before", before, "after", text));
    }

    private Mute known(Caller caller, Mute.Kind kind, @Nullable String name) {
        String text = name == null ? "" : name.strip();
        boolean known = kind == Mute.Kind.CHANNEL
                ? CHANNELS.contains(text)
                : !text.isEmpty()
                        && text.length() <= 64
                        && scopes.find(caller.tenant(), new ScopeId(text)).isPresent();
        if (!known) {
            throw new InvalidInputException(
                    "name",
                    kind == Mute.Kind.CHANNEL
                            ? "\"" + text + "\" is no channel; expected one of " + CHANNELS + "."
                            : "\"" + text + "\" is no scope of this organisation.");
        }
        return new Mute(kind, text);
    }

    private void recorded(Caller caller, String action, Mute mute) {
        trail.record(
                caller.tenant(),
                caller.id().value(),
                action,
                caller.id().value(),
                Map.of("kind", mute.kind().name(), "name", mute.name()));
    }
}
