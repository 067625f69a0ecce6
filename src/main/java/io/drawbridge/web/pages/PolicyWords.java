package io.drawbridge.web.pages;

import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.AccessPolicies.PolicySetView;
import io.drawbridge.policy.AccessPolicies.PolicyView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says in words what the policies that determined an answer do, as they run now. */
final class PolicyWords {
    private PolicyWords() {}

    /**
     * One policy.
     *
     * @param words what it does
     * @param advice what it says to whoever it denies, null if nothing
     */
    record Said(String id, String words, @Nullable String advice) {}

    static List<Said> of(List<String> determining, PolicySetView running) {
        return determining.stream()
                .map(id -> running.policies().stream()
                        .filter(policy -> policy.id().equals(id))
                        .findFirst()
                        .map(policy -> new Said(id, words(policy), policy.advice()))
                        .orElseGet(() -> new Said(id, "no longer among the running policies", null)))
                .toList();
    }

    private static String words(PolicyView policy) {
        List<String> words = new ArrayList<>();
        if (policy.effect().equals("forbid")) {
            words.add(policy.guardRail() ? "forbids, whatever else permits" : "forbids");
        } else {
            words.add("permits");
        }
        String mode = policy.mode();
        if (mode != null) {
            words.add(
                    switch (mode.toLowerCase(Locale.ROOT)) {
                        case "auto" -> "at once, without an approver";
                        case "break_glass" -> "at once in an emergency, with a review afterwards";
                        default -> "once an approver agrees";
                    });
        }
        String cap = policy.maxDuration();
        if (cap != null) {
            words.add("for at most " + AccessDuration.parse(cap).inWords());
        }
        String timeout = policy.timeout();
        if (timeout != null) {
            words.add("decided within " + AccessDuration.parse(timeout).inWords());
        }
        Long priority = policy.priority();
        if (priority != null && priority != 0) {
            words.add("priority " + priority);
        }
        return String.join("; ", words);
    }
}
