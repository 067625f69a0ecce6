package io.drawbridge.policy.cedar;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.DetailedError;
import com.cedarpolicy.model.ValidationRequest;
import com.cedarpolicy.model.ValidationResponse;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.model.schema.Schema;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.policy.EvaluationQuestion.EntityRef;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.InvalidPolicyException.Problem;
import io.drawbridge.policy.cedar.PolicyText.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes policies that can be asked from text, or says what is wrong with it. Runs on {@link DeepStack} only. */
final class PolicyCompiler {
    private static final Logger log = LoggerFactory.getLogger(PolicyCompiler.class);

    /** Enough of a schema to parse policies against when nobody gave one. */
    private static final String EMPTY_SCHEMA = "";

    private static final Pattern PARSE_PREFIX =
            Pattern.compile("^failed to parse policy with id `policy(\\d+)` from string: ");
    private static final Pattern VALIDATION_PREFIX = Pattern.compile("for policy `policy\\d+`, ");
    private static final Pattern SCHEMA_PREFIX =
            Pattern.compile("^failed to parse schema from string: (error parsing schema: )?");
    private static final int LONGEST_MESSAGE = 1_000;

    private final BasicAuthorizationEngine engine = new BasicAuthorizationEngine();
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Policies with our annotations, valid against the schema.
     *
     * @param schemaSource what to call the schema in problems
     * @throws InvalidPolicyException with everything that is wrong
     */
    List<LoadedPolicy> compile(List<Piece> pieces, String schemaSource, String schema) {
        check(pieces, schemaSource, schema, true);
        List<Problem> problems = new ArrayList<>();
        List<LoadedPolicy> loaded = new ArrayList<>();
        Map<String, Piece> ids = new HashMap<>();
        JsonNode heads = heads(pieces);
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            JsonNode head = heads.path("policy" + i);
            boolean permit = head.path("effect").asText().equals("permit");
            EntityRef action = head.path("action").path("op").asText().equals("==")
                    ? reference(head.path("action").path("entity"))
                    : null;
            boolean decidesOnly = Vocabulary.APPROVE_REQUEST_REF.equals(action);
            Annotations annotations = Annotations.read(
                    permit,
                    decidesOnly,
                    annotations(head),
                    (name, message) -> problems.add(piece.problem(name, message)));
            Piece first = ids.putIfAbsent(annotations.id(), piece);
            if (first != null && !annotations.id().isEmpty()) {
                problems.add(piece.problem(
                        "id",
                        "The id \"" + annotations.id() + "\" is taken by the policy at " + first.source() + ":"
                                + first.line() + "; every policy needs one of its own."));
            }
            loaded.add(loaded(annotations.id(), permit, annotations, action, head, piece, i));
        }
        if (!problems.isEmpty()) {
            throw new InvalidPolicyException(problems);
        }
        return List.copyOf(loaded);
    }

    /**
     * Policies as Cedar takes them: annotations mean nothing but the id, validity is not asked for.
     *
     * @param schema checked to be readable, null if there is none
     * @throws InvalidPolicyException if Cedar cannot read them
     */
    List<LoadedPolicy> compileLeniently(List<Piece> pieces, String schemaSource, @Nullable String schema) {
        check(pieces, schemaSource, schema == null ? EMPTY_SCHEMA : schema, false);
        List<LoadedPolicy> loaded = new ArrayList<>();
        JsonNode heads = heads(pieces);
        for (int i = 0; i < pieces.size(); i++) {
            String key = "policy" + i;
            JsonNode head = heads.path(key);
            String id = head.path("annotations").path("id").asText("");
            Annotations annotations = new Annotations(id.isEmpty() ? key : id, null, 0L, null, null, null);
            loaded.add(loaded(
                    key, head.path("effect").asText().equals("permit"), annotations, null, head, pieces.get(i), i));
        }
        return List.copyOf(loaded);
    }

    private static LoadedPolicy loaded(
            String key,
            boolean permit,
            Annotations annotations,
            @Nullable EntityRef action,
            JsonNode head,
            Piece piece,
            int order) {
        return new LoadedPolicy(
                key,
                permit,
                annotations,
                action,
                scope(head.path("principal")),
                scope(head.path("resource")),
                piece,
                order);
    }

    /** Lets Cedar parse and validate; validation errors count only if asked for. */
    private void check(List<Piece> pieces, String schemaSource, String schema, boolean strictly) {
        ValidationResponse response;
        try {
            response = engine.validate(new ValidationRequest(new Schema(schema), set(pieces)));
        } catch (AuthException failed) {
            throw new InvalidPolicyException(List.of(new Problem("policies", "", 0, 0, text(failed.getMessage()))));
        }
        List<Problem> problems = new ArrayList<>();
        response.errors.ifPresent(
                errors -> errors.forEach(error -> addParseProblems(error, pieces, schemaSource, schema, problems)));
        if (response.success.isPresent() && strictly) {
            response.success
                    .get()
                    .validationErrors
                    .forEach(error -> problems.add(problem(piece(pieces, error.getPolicyId()), error.getError())));
            response.success
                    .get()
                    .validationWarnings
                    .forEach(warning ->
                            log.warn("Policy {}", problem(piece(pieces, warning.getPolicyId()), warning.getError())));
        }
        if (!problems.isEmpty()) {
            throw new InvalidPolicyException(problems);
        }
    }

    private static void addParseProblems(
            DetailedError error, List<Piece> pieces, String schemaSource, String schema, List<Problem> problems) {
        Matcher policy = PARSE_PREFIX.matcher(error.message);
        if (policy.find()) {
            problems.add(problem(piece(pieces, "policy" + policy.group(1)), error));
        } else {
            int line = 0;
            int column = 0;
            if (!error.sourceLocations.isEmpty()) {
                int start = error.sourceLocations.get(0).start;
                byte[] utf8 = schema.getBytes(StandardCharsets.UTF_8);
                String before = new String(utf8, 0, Math.min(start, utf8.length), StandardCharsets.UTF_8);
                line = (int) before.chars().filter(c -> c == '\n').count() + 1;
                column = before.length() - before.lastIndexOf('\n');
            }
            problems.add(new Problem(schemaSource, "", line, column, message(error)));
        }
        error.related.forEach(related -> addParseProblems(related, pieces, schemaSource, schema, problems));
    }

    private static Problem problem(Piece piece, DetailedError error) {
        int start = error.sourceLocations.isEmpty() ? 0 : error.sourceLocations.get(0).start;
        return piece.problem(start, message(error));
    }

    private static Piece piece(List<Piece> pieces, String key) {
        return pieces.get(Integer.parseInt(key.substring("policy".length())));
    }

    /** What Cedar says, without our stand-in ids, with its label and its advice. */
    static String message(DetailedError error) {
        String message = PARSE_PREFIX.matcher(error.message).replaceFirst("");
        message = VALIDATION_PREFIX.matcher(message).replaceAll("");
        message = SCHEMA_PREFIX.matcher(message).replaceFirst("");
        StringBuilder full = new StringBuilder(message);
        error.sourceLocations.stream()
                .flatMap(place -> place.label.stream())
                .filter(label -> !label.isBlank())
                .findFirst()
                .ifPresent(label -> full.append("; ").append(label));
        error.help.filter(help -> !help.isBlank()).ifPresent(help -> full.append("; ")
                .append(help));
        return text(full.toString());
    }

    /** A message of bounded length: Cedar's can repeat the whole input. */
    static String text(@Nullable String message) {
        String known = message == null ? "Cedar gave no reason." : message;
        return known.length() <= LONGEST_MESSAGE ? known : known.substring(0, LONGEST_MESSAGE) + "…";
    }

    /** Effect, scope and annotations of each policy, as Cedar reads them, by stand-in id. */
    private JsonNode heads(List<Piece> pieces) {
        Set<Policy> heads = new LinkedHashSet<>();
        for (int i = 0; i < pieces.size(); i++) {
            heads.add(new Policy(pieces.get(i).head(), "policy" + i));
        }
        try {
            return json.readTree(new PolicySet(heads).toJson()).path("staticPolicies");
        } catch (AuthException | JsonProcessingException unreadable) {
            throw new InvalidPolicyException(List.of(new Problem("policies", "", 0, 0, text(unreadable.getMessage()))));
        }
    }

    private static PolicySet set(List<Piece> pieces) {
        Set<Policy> policies = new LinkedHashSet<>();
        for (int i = 0; i < pieces.size(); i++) {
            policies.add(new Policy(pieces.get(i).text(), "policy" + i));
        }
        return new PolicySet(policies);
    }

    private static Map<String, String> annotations(JsonNode head) {
        Map<String, String> values = new LinkedHashMap<>();
        head.path("annotations")
                .properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText("")));
        return values;
    }

    /** The entity that a scope is bound to; null if it is not. */
    private static @Nullable EntityRef scope(JsonNode scope) {
        JsonNode entity =
                scope.path("op").asText().equals("is") ? scope.path("in").path("entity") : scope.path("entity");
        return entity.isObject() ? reference(entity) : null;
    }

    private static EntityRef reference(JsonNode entity) {
        return new EntityRef(entity.path("type").asText(), entity.path("id").asText());
    }
}
