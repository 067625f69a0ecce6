package io.drawbridge.web.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One page of a list. */
record PageOf<T>(
        List<T> items, @Schema(description = "The cursor of the next page; null on the last.") @Nullable String next) {
    PageOf {
        items = List.copyOf(items);
    }

    /** All there is, in one page. */
    static <T> PageOf<T> all(List<T> items) {
        return new PageOf<>(items, null);
    }

    /**
     * The first {@code limit} of what was found; what was found has to be one more, if there is more.
     *
     * @param cursor makes the cursor that goes on after an item
     */
    static <S, T> PageOf<T> of(
            List<S> found, int limit, Function<S, String> cursor, Function<List<S>, List<T>> represented) {
        List<S> page = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? cursor.apply(page.get(limit - 1)) : null;
        return new PageOf<>(represented.apply(page), next);
    }
}
