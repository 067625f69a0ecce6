package io.drawbridge.grant.aws.scp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.organization.PermissionName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Judges calls by the documents as AWS documents it, quickly: for many more cases than the simulator can. It knows the
 * operators that the compiler writes and refuses others; the simulator test compares the two.
 */
public final class DocumentJudge {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, Pattern> PATTERNS = new HashMap<>();

    private final Map<String, List<Statement>> byAction = new HashMap<>();

    public DocumentJudge(Collection<String> documents) {
        for (String document : documents) {
            for (JsonNode json : read(document).path("Statement")) {
                Statement statement = new Statement(json);
                for (String action : values(json.path("Action"))) {
                    byAction.computeIfAbsent(action.toLowerCase(Locale.ROOT), first -> new ArrayList<>())
                            .add(statement);
                }
            }
        }
    }

    static JsonNode read(String document) {
        try {
            return JSON.readTree(document);
        } catch (JsonProcessingException unreadable) {
            throw new IllegalArgumentException(document, unreadable);
        }
    }

    public boolean allows(PermissionName action, Map<String, String> context) {
        return Stream.of(action.toString(), action.service() + ":*")
                .map(name -> name.toLowerCase(Locale.ROOT))
                .flatMap(name -> byAction.getOrDefault(name, List.of()).stream())
                .noneMatch(statement -> statement.denies(context));
    }

    private static final class Statement {
        private final List<Test> tests = new ArrayList<>();

        Statement(JsonNode json) {
            if (!json.path("Effect").asText().equals("Deny")
                    || !json.path("Resource").asText().equals("*")) {
                throw new IllegalArgumentException("Not one of ours: " + json);
            }
            for (Map.Entry<String, JsonNode> operator : json.path("Condition").properties()) {
                for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
                    tests.add(new Test(operator.getKey(), key.getKey(), values(key.getValue())));
                }
            }
        }

        boolean denies(Map<String, String> context) {
            return tests.stream().allMatch(test -> test.holds(context));
        }
    }

    private record Test(String operator, String key, List<String> values) {
        boolean holds(Map<String, String> context) {
            Optional<String> actual = Optional.ofNullable(context.get(key));
            return switch (operator) {
                case "ArnNotLike" ->
                    actual.map(value -> none(value, DocumentJudge::arnLike)).orElse(true);
                case "StringNotEquals" ->
                    actual.map(value -> none(value, String::equals)).orElse(true);
                case "StringNotLike" ->
                    actual.map(value -> none(value, DocumentJudge::like)).orElse(true);
                case "StringEquals" -> actual.map(values::contains).orElse(false);
                case "StringLike" ->
                    actual.map(value -> !none(value, DocumentJudge::like)).orElse(false);
                case "DateGreaterThanEquals" ->
                    actual.map(Instant::parse)
                            .map(value -> values.stream().anyMatch(bound -> !value.isBefore(Instant.parse(bound))))
                            .orElse(false);
                case "DateGreaterThan" ->
                    actual.map(Instant::parse)
                            .map(value -> values.stream().anyMatch(bound -> value.isAfter(Instant.parse(bound))))
                            .orElse(false);
                case "Null" -> values.contains(Boolean.toString(actual.isEmpty()));
                default -> throw new IllegalArgumentException("Not one of ours: " + operator);
            };
        }

        private boolean none(String actual, BiPredicate<String, String> alike) {
            return values.stream().noneMatch(value -> alike.test(value, actual));
        }
    }

    private static boolean arnLike(String pattern, String arn) {
        String[] wanted = pattern.split(":", 6);
        String[] actual = arn.split(":", 6);
        for (int part = 0; part < 6; part++) {
            if (!like(wanted[part], actual[part])) {
                return false;
            }
        }
        return true;
    }

    private static boolean like(String pattern, String text) {
        return pattern.indexOf('*') < 0
                ? pattern.equals(text)
                : PATTERNS.computeIfAbsent(
                                pattern,
                                stars -> Pattern.compile(Pattern.quote(stars).replace("*", "\\E.*\\Q")))
                        .matcher(text)
                        .matches();
    }

    private static List<String> values(JsonNode oneOrMany) {
        if (!oneOrMany.isArray()) {
            return List.of(oneOrMany.asText());
        }
        List<String> values = new ArrayList<>();
        oneOrMany.forEach(value -> values.add(value.asText()));
        return values;
    }
}
