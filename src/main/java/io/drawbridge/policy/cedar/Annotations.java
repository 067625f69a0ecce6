package io.drawbridge.policy.cedar;

import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says beyond Cedar. Read strictly: a typing error must not become a default.
 *
 * @param mode null for a {@code forbid}
 * @param priority null for a guard-rail: a {@code forbid} that binds in every group
 * @param timeout null if the diagram decides
 * @param maxDuration null if the tenant's cap holds
 * @param advice for the requester, null if there is none
 */
record Annotations(
        String id,
        @Nullable ApprovalMode mode,
        @Nullable Long priority,
        @Nullable Duration timeout,
        @Nullable AccessDuration maxDuration,
        @Nullable String advice) {

    private static final List<String> KNOWN =
            List.of("id", "approval_mode", "priority", "approval_timeout", "max_duration", "advice");
    private static final List<String> OF_PERMITTED_ACCESS =
            List.of("approval_mode", "approval_timeout", "max_duration");
    private static final int LONGEST_TEXT = 500;

    /**
     * Reads them.
     *
     * @param decidesOnly whether the policy is about {@code approve_request} alone
     * @param refuse told the annotation and what is wrong with it
     */
    static Annotations read(
            boolean permit, boolean decidesOnly, Map<String, String> values, BiConsumer<String, String> refuse) {
        values.keySet().stream().filter(name -> !KNOWN.contains(name)).sorted().forEach(name -> {
            String near = nearest(name);
            refuse.accept(
                    name,
                    "There is no annotation @" + name + "; expected one of " + KNOWN
                            + (near == null ? "." : ", perhaps @" + near + "."));
        });
        for (String name : OF_PERMITTED_ACCESS) {
            if (values.containsKey(name) && (!permit || decidesOnly)) {
                refuse.accept(
                        name,
                        "@" + name + " has no meaning on " + (permit ? "a policy about approve_request" : "a forbid")
                                + "; remove it.");
            }
        }
        Reader reader = new Reader(values, refuse);
        String id = reader.read("id", Annotations::text);
        if (!values.containsKey("id")) {
            refuse.accept("id", "The policy has no @id(\"…\"); every policy needs one of its own.");
        }
        ApprovalMode mode = reader.read("approval_mode", ApprovalMode::parse);
        Long priority = reader.read("priority", Annotations::priority);
        return new Annotations(
                id == null ? "" : id,
                permit ? (mode == null ? ApprovalMode.REQUIRE : mode) : null,
                permit && priority == null ? Long.valueOf(0) : priority,
                reader.read("approval_timeout", Annotations::timeout),
                reader.read("max_duration", AccessDuration::parse),
                reader.read("advice", Annotations::text));
    }

    private static String text(String value) {
        if (value.isBlank() || value.length() > LONGEST_TEXT || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" cannot be used; expected 1 to " + LONGEST_TEXT + " characters in one line.");
        }
        return value;
    }

    private static Long priority(String value) {
        if (!value.matches("-?[0-9]{1,18}")) {
            throw new IllegalArgumentException("\"" + value + "\" is no whole number; expected such as \"100\".");
        }
        return Long.valueOf(value);
    }

    private static Duration timeout(String value) {
        try {
            Duration duration = Duration.parse(value);
            if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(Duration.ofDays(36_500)) > 0) {
                throw new IllegalArgumentException(
                        "\"" + value + "\" is out of range; expected one second to 100 years.");
            }
            return duration;
        } catch (DateTimeParseException unreadable) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is no duration; expected ISO 8601, such as PT4H.", unreadable);
        }
    }

    /** The known name within three changes, null if there is none. */
    private static @Nullable String nearest(String name) {
        String best = null;
        int distance = 4;
        for (String known : KNOWN) {
            int d = distance(name, known);
            if (d < distance) {
                distance = d;
                best = known;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 3) {
            return 4;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private record Reader(Map<String, String> values, BiConsumer<String, String> refuse) {
        <T> @Nullable T read(String name, Function<String, T> as) {
            String value = values.get(name);
            if (value == null) {
                return null;
            }
            try {
                return as.apply(value);
            } catch (IllegalArgumentException unreadable) {
                refuse.accept(name, "@" + name + ": " + unreadable.getMessage());
                return null;
            }
        }
    }
}
