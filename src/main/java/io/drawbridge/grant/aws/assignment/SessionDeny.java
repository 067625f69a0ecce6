package io.drawbridge.grant.aws.assignment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.organization.ScopeId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The service control policy that closes sessions in one account, compiled from what was removed there.
 *
 * <p>A statement for each permission set denies everything to the users named, in the role of that permission set, with
 * credentials issued before the removal. Credentials issued later need a new assignment and are not denied. One statement
 * names the latest of its removals for all its users: between his own removal and that one a user had no assignment and got
 * no credentials.
 *
 * <p>Source: IAM Identity Center User Guide, "Revoke user permissions"; IAM User Guide, "AWS global condition context keys".
 */
final class SessionDeny {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SessionDeny() {}

    /**
     * Sessions of one user in the role of one permission set.
     *
     * @param userId id in the identity store
     * @param issuedBefore exclusive; rounded up to the second that a policy can say
     * @param until when the last of them has aged out
     */
    record Ended(String objectKey, String permissionSet, String userId, Instant issuedBefore, Instant until) {}

    /**
     * What is to be written.
     *
     * @param content minified JSON, empty if nothing is to be closed
     * @param closed keys of those whose sessions it closes
     * @param leftOut keys of those for whom there was no room
     */
    record Document(String content, Set<String> closed, Set<String> leftOut) {
        Document {
            closed = Set.copyOf(closed);
            leftOut = Set.copyOf(leftOut);
        }
    }

    /**
     * Compiles the policy; the same sessions give the same bytes.
     *
     * @param exempt ARNs of roles that stay open whatever happens
     * @param limit longest content, in characters, inclusive; where there is no room, those that live longest go first
     */
    static Document compile(ScopeId account, Collection<Ended> ended, Collection<String> exempt, int limit) {
        List<Ended> byAge = ended.stream()
                .sorted(Comparator.comparing(Ended::until)
                        .reversed()
                        .thenComparing(Ended::permissionSet)
                        .thenComparing(Ended::userId))
                .toList();
        List<Ended> taken = new ArrayList<>();
        Set<String> leftOut = new TreeSet<>();
        String content = "";
        String whole = text(account, byAge, exempt);
        if (whole.length() <= limit) {
            taken.addAll(byAge);
            content = whole;
        } else {
            for (Ended each : byAge) {
                taken.add(each);
                String longer = text(account, taken, exempt);
                if (longer.length() <= limit) {
                    content = longer;
                } else {
                    taken.remove(taken.size() - 1);
                    leftOut.add(each.objectKey());
                }
            }
        }
        Set<String> closed = new TreeSet<>();
        taken.forEach(each -> closed.add(each.objectKey()));
        return new Document(content, closed, leftOut);
    }

    private static String text(ScopeId account, List<Ended> ended, Collection<String> exempt) {
        if (ended.isEmpty()) {
            return "";
        }
        Map<String, List<Ended>> bySet = new TreeMap<>();
        ended.forEach(each -> bySet.computeIfAbsent(each.permissionSet(), set -> new ArrayList<>())
                .add(each));
        List<Object> statements = new ArrayList<>();
        bySet.forEach((set, sessions) -> statements.add(statement(account, set, sessions, exempt)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("Version", "2012-10-17");
        document.put("Statement", statements);
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A policy of texts cannot be written as JSON.", impossible);
        }
    }

    private static Map<String, Object> statement(
            ScopeId account, String permissionSet, List<Ended> sessions, Collection<String> exempt) {
        SortedSet<String> users = new TreeSet<>();
        Instant before = Instant.MIN;
        for (Ended each : sessions) {
            users.add(each.userId());
            before = each.issuedBefore().isAfter(before) ? each.issuedBefore() : before;
        }
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("StringEquals", Map.of("identitystore:UserId", oneOrMany(users)));
        condition.put(
                "ArnLike",
                Map.of(
                        "aws:PrincipalArn",
                        "arn:aws:iam::" + account + ":role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_"
                                + permissionSet + "_*"));
        if (!exempt.isEmpty()) {
            condition.put("ArnNotLike", Map.of("aws:PrincipalArn", oneOrMany(new TreeSet<>(exempt))));
        }
        condition.put(
                "DateLessThan",
                Map.of("aws:TokenIssueTime", upToTheSecond(before).toString()));
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Effect", "Deny");
        statement.put("Action", "*");
        statement.put("Resource", "*");
        statement.put("Condition", condition);
        return statement;
    }

    private static Object oneOrMany(SortedSet<String> values) {
        return values.size() == 1 ? values.first() : List.copyOf(values);
    }

    private static Instant upToTheSecond(Instant instant) {
        Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(instant) ? second : second.plusSeconds(1);
    }
}
