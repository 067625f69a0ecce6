package io.drawbridge.request;

import io.drawbridge.identity.ChatPlatform;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes in what a chat platform sends to us over HTTP; implemented by the floor that knows the platforms.
 *
 * <p>Nobody is signed in when a delivery comes: the door itself has to prove that the platform sent it, and who speaks there,
 * before anything else of it is looked at.
 */
public interface ChatDoor {
    /** Whose deliveries it takes; there is at most one door for a platform. */
    ChatPlatform platform();

    /**
     * Handles one delivery; throws nothing for a wrong one, but answers it.
     *
     * @return what to answer; 401 if it cannot be proven that the platform sent it
     */
    Answer receive(Delivery delivery);

    /**
     * What came in.
     *
     * @param headers by their names in lower case
     * @param body as it came, byte for byte: signatures are made over it
     */
    record Delivery(Map<String, List<String>> headers, String body) {
        public Delivery {
            headers = Map.copyOf(headers);
        }

        /** The first header of that name, in lower case. */
        public @Nullable String header(String name) {
            List<String> values = headers.get(name);
            return values == null || values.isEmpty() ? null : values.get(0);
        }
    }

    /**
     * What to answer.
     *
     * @param contentType null without a body
     */
    record Answer(int status, @Nullable String contentType, String body) {
        /** Nothing but a status. */
        public static Answer of(int status) {
            return new Answer(status, null, "");
        }
    }
}
