package io.drawbridge.policy;

import org.jspecify.annotations.Nullable;

/**
 * A free question, each part in Cedar's own notation.
 *
 * @param principal an entity reference, such as {@code Drawbridge::User::"alice@acme.example"}
 * @param context JSON object text, {@code {}} if empty
 * @param entities JSON array text in Cedar's format, null for the tenant's own
 * @param policies Cedar text, null for the running set
 * @param schema Cedar schema text, null for the running one
 * @param lenient answer as Cedar itself does: no annotation is needed or interpreted, no schema is needed
 */
public record EvaluationQuestion(
        EntityRef principal,
        EntityRef action,
        EntityRef resource,
        String context,
        @Nullable String entities,
        @Nullable String policies,
        @Nullable String schema,
        boolean lenient) {

    /** Type and id of an entity; the type with its namespace. */
    public record EntityRef(String type, String id) {}
}
