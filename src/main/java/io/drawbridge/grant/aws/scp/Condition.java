package io.drawbridge.grant.aws.scp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a denying statement passes over, and from when on it denies.
 *
 * <p>AWS joins the operators of a statement by <em>and</em> and the values of a negated one by <em>nor</em>, so whoever is
 * in any of the lists is passed over. A negated operator holds where its key is missing, so that a caller without the key
 * is denied; none is written as {@code …IfExists}
 * (<a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition operators</a>).
 *
 * @param arns sorted, never empty
 * @param userIds of Identity Center users, sorted
 * @param uniqueIds of IAM users and roles, as {@code aws:userid} is compared with them, sorted
 * @param from ISO 8601 in whole seconds, included; null for always
 */
record Condition(List<String> arns, List<String> userIds, List<String> uniqueIds, @Nullable String from)
        implements Comparable<Condition> {

    private static final Comparator<Condition> BY_MOMENT_AND_TEXT = Comparator.comparing(
                    Condition::from, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Condition::json);

    /** Whether both pass over the same. */
    boolean passesLike(Condition other) {
        return arns.equals(other.arns) && userIds.equals(other.userIds) && uniqueIds.equals(other.uniqueIds);
    }

    String json() {
        List<String> operators = new ArrayList<>();
        operators.add(operator("ArnNotLike", "aws:PrincipalArn", arns));
        if (!userIds.isEmpty()) {
            operators.add(operator("StringNotEquals", "identitystore:UserId", userIds));
        }
        if (!uniqueIds.isEmpty()) {
            operators.add(operator("StringNotLike", "aws:userid", uniqueIds));
        }
        if (from != null) {
            operators.add(operator("DateGreaterThanEquals", "aws:CurrentTime", List.of(from)));
        }
        return "{" + String.join(",", operators) + "}";
    }

    private static String operator(String operator, String key, List<String> values) {
        return "\"" + operator + "\":{\"" + key + "\":" + oneOrMany(values) + "}";
    }

    /** A single value as a string, more as an array. None of the values has a character that JSON escapes. */
    static String oneOrMany(List<String> values) {
        return values.size() == 1 ? "\"" + values.get(0) + "\"" : "[\"" + String.join("\",\"", values) + "\"]";
    }

    @Override
    public int compareTo(Condition other) {
        return BY_MOMENT_AND_TEXT.compare(this, other);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Condition that && passesLike(that) && Objects.equals(from, that.from);
    }

    @Override
    public int hashCode() {
        return Objects.hash(arns, userIds, uniqueIds, from);
    }
}
