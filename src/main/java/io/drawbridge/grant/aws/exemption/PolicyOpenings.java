package io.drawbridge.grant.aws.exemption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.grant.aws.scp.AccountClosure;
import io.drawbridge.grant.aws.scp.PrincipalId;
import io.drawbridge.organization.PermissionName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a document of the form that we write who passes which action at a moment, beside the exempt: what the cloud
 * holds open, and not what we believe that it does.
 */
final class PolicyOpenings {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PolicyOpenings() {}

    /**
     * An action that a document lets one principal pass.
     *
     * @param principal as the condition has it: a user id of Identity Center, {@code AIDA…}, or {@code AROA…:*}
     */
    record Passage(String action, String principal) implements Comparable<Passage> {
        @Override
        public int compareTo(Passage other) {
            int byAction = action.compareTo(other.action);
            return byAction != 0 ? byAction : principal.compareTo(other.principal);
        }
    }

    /**
     * Who passes which action at that moment.
     *
     * @param closure whose exempt people are left out
     * @throws IllegalArgumentException if the document is of another form
     */
    static Set<Passage> at(String content, Instant moment, AccountClosure closure) {
        Map<String, List<Denial>> denials = new TreeMap<>();
        for (JsonNode statement : statements(content)) {
            Denial denial = denial(statement.path("Condition"));
            for (String action : texts(statement.path("Action"))) {
                denials.computeIfAbsent(action, each -> new ArrayList<>()).add(denial);
            }
        }
        Set<Passage> open = new TreeSet<>();
        denials.forEach((action, statements) -> {
            Set<String> passing = new TreeSet<>();
            statements.forEach(statement -> passing.addAll(statement.passedOver()));
            passing.removeAll(exempt(action, closure));
            passing.removeIf(
                    principal -> statements.stream().anyMatch(statement -> statement.denies(principal, moment)));
            passing.forEach(principal -> open.add(new Passage(action, principal)));
        });
        return open;
    }

    /**
     * One denying statement.
     *
     * @param passedOver whom it does not mean
     * @param only whom alone it means; everybody if empty
     * @param from when it begins to deny; null for always
     */
    private record Denial(Set<String> passedOver, Set<String> only, @Nullable Instant from) {
        boolean denies(String principal, Instant moment) {
            return (from == null || !moment.isBefore(from))
                    && !passedOver.contains(principal)
                    && (only.isEmpty() || only.contains(principal));
        }
    }

    private static Denial denial(JsonNode conditions) {
        Set<String> passedOver = new HashSet<>();
        passedOver.addAll(texts(conditions.path("StringNotEquals").path("identitystore:UserId")));
        passedOver.addAll(texts(conditions.path("StringNotLike").path("aws:userid")));
        Set<String> only = new HashSet<>();
        only.addAll(texts(conditions.path("StringEquals").path("identitystore:UserId")));
        only.addAll(texts(conditions.path("StringLike").path("aws:userid")));
        String from =
                conditions.path("DateGreaterThanEquals").path("aws:CurrentTime").asText("");
        return new Denial(passedOver, only, from.isEmpty() ? null : instant(from));
    }

    private static Set<String> exempt(String action, AccountClosure closure) {
        Set<String> exempt = new HashSet<>();
        closure.protectedActions().forEach((name, exemptions) -> {
            if (sameAction(name, action)) {
                exemptions.people().stream().map(PrincipalId::id).forEach(exempt::add);
            }
        });
        return exempt;
    }

    private static boolean sameAction(PermissionName name, String action) {
        return name.toString().equalsIgnoreCase(action);
    }

    private static List<JsonNode> statements(String content) {
        try {
            JsonNode statements = JSON.readTree(content).path("Statement");
            if (!statements.isArray()) {
                throw new IllegalArgumentException("The document has no list of statements.");
            }
            List<JsonNode> found = new ArrayList<>();
            statements.forEach(found::add);
            return found;
        } catch (JsonProcessingException unreadable) {
            throw new IllegalArgumentException("The document is no JSON.", unreadable);
        }
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isTextual()) {
            texts.add(node.asText());
        }
        node.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException unreadable) {
            throw new IllegalArgumentException("\"" + text + "\" in the document is no moment.", unreadable);
        }
    }
}
