package io.drawbridge.notification;

import io.drawbridge.identity.Person;
import io.drawbridge.organization.NoticeChoices;
import io.drawbridge.organization.NoticeChoices.Mute;
import java.util.Arrays;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * What people do not want to be told. What is loud reaches them nevertheless, and so does a review of broken glass, which no
 * next rung is asked for; the pages show everything.
 */
@Component
public class Mutes {
    /** The channel that everybody has. */
    public static final String MAIL = "mail";

    private final NoticeChoices choices;

    Mutes(NoticeChoices choices) {
        this.choices = choices;
    }

    /** Whether the person has chosen not to get the letter by that channel. */
    public boolean silence(Person person, String channel, Letter letter) {
        if (letter.loud() || letter.kind() == NoticeKind.REVIEW) {
            return false;
        }
        Set<Mute> muted = choices.mutes(person.id());
        if (muted.isEmpty()) {
            return false;
        }
        String path = letter.scopePath();
        return muted.contains(new Mute(Mute.Kind.CHANNEL, channel))
                || (path != null
                        && Arrays.stream(path.split("/"))
                                .anyMatch(scope -> muted.contains(new Mute(Mute.Kind.SCOPE, scope))));
    }
}
