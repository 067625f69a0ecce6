package io.drawbridge.web.pages;

import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.policy.AccessDuration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a duration from a list of offers and a field of one's own; the field counts if anything stands in it. */
final class DurationField {
    private DurationField() {}

    /** One entry of the list. */
    record Choice(String value, String words, boolean preset) {}

    static List<Choice> choices(List<AccessDuration> offered, AccessDuration preset) {
        List<AccessDuration> all = new ArrayList<>(offered);
        if (!all.contains(preset)) {
            all.add(preset);
            all.sort(null);
        }
        return all.stream()
                .map(each -> new Choice(each.toString(), each.inWords(), each.equals(preset)))
                .toList();
    }

    /**
     * What was chosen, in the form that the desks read; null if nothing was.
     *
     * @param own ISO 8601, {@code forever}, or shortly such as {@code 90m} and {@code 1h 30m}; what is none of these is
     *     handed on as it is, and refused by the desk
     */
    static @Nullable String read(@Nullable String chosen, @Nullable String own) {
        if (own == null || own.isBlank()) {
            return chosen == null || chosen.isBlank() ? null : chosen.strip();
        }
        return AccessDuration.typed(own);
    }

    /** What is wrong at each field; of a duration in the form in which the field takes it, and not the API. */
    static Map<String, String> wrong(InvalidInputException refusal) {
        Map<String, String> wrong = new LinkedHashMap<>(refusal.fields());
        wrong.computeIfPresent(
                "duration",
                (field, said) -> said.startsWith("is no duration")
                        ? "is no duration; expected such as 90m, 2h 30m, 3d or forever."
                        : said);
        return wrong;
    }
}
