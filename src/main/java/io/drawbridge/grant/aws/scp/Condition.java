package io.drawbridge.grant.aws.scp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom a denying statement passes over, whom alone it means, and from when on it denies.
 *
 * <p>AWS joins the operators of a statement by <em>and</em> and the values of a negated one by <em>nor</em>, so whoever is
 * in any of the negated lists is passed over. A negated operator holds where its key is missing, so that a caller without
 * the key is denied; none is written as {@code …IfExists}
 * (<a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">condition operators</a>).
 *
 * @param from ISO 8601 in whole seconds, included; null for always
 * @param json the whole condition, which two equal ones share to the byte
 */
record Condition(@Nullable String from, String json) implements Comparable<Condition> {

    private static final Comparator<Condition> BY_MOMENT_AND_TEXT = Comparator.comparing(
                    Condition::from, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Condition::json);

    /**
     * A condition.
     *
     * @param arns passed over, at least one
     * @param passed passed over, too
     * @param only if not empty the only ones that are denied; all named by the same key
     */
    static Condition of(
            List<String> arns, Collection<PrincipalId> passed, Collection<PrincipalId> only, @Nullable String from) {
        List<String> operators = new ArrayList<>();
        add(
                operators,
                "ArnNotLike",
                "aws:PrincipalArn",
                arns.stream().sorted().distinct().toList());
        add(operators, "StringNotEquals", "identitystore:UserId", values(passed, PrincipalId::isIdentityCenterUser));
        add(operators, "StringNotLike", "aws:userid", values(passed, id -> !id.isIdentityCenterUser()));
        add(operators, "StringEquals", "identitystore:UserId", values(only, PrincipalId::isIdentityCenterUser));
        add(operators, "StringLike", "aws:userid", values(only, id -> !id.isIdentityCenterUser()));
        add(operators, "DateGreaterThanEquals", "aws:CurrentTime", from == null ? List.of() : List.of(from));
        return new Condition(from, "{" + String.join(",", operators) + "}");
    }

    private static List<String> values(Collection<PrincipalId> principals, Predicate<PrincipalId> ofKey) {
        return principals.stream()
                .filter(ofKey)
                .map(PrincipalId::conditionValue)
                .sorted()
                .distinct()
                .toList();
    }

    private static void add(List<String> operators, String operator, String key, List<String> values) {
        if (!values.isEmpty()) {
            operators.add("\"" + operator + "\":{\"" + key + "\":" + oneOrMany(values) + "}");
        }
    }

    /** A single value as a string, more as an array. None of the values has a character that JSON escapes. */
    static String oneOrMany(List<String> values) {
        return values.size() == 1 ? "\"" + values.get(0) + "\"" : "[\"" + String.join("\",\"", values) + "\"]";
    }

    @Override
    public int compareTo(Condition other) {
        return BY_MOMENT_AND_TEXT.compare(this, other);
    }
}
