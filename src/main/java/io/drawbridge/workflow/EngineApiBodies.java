package io.drawbridge.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drawbridge.identity.PersonId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/**
 * What people may send to the engine's REST APIs.
 *
 * <p>Nothing goes on as it came: what was understood is written anew, so that nothing else can hide in it.
 */
@Component
class EngineApiBodies {
    private static final int DEEPEST = 32;
    private static final String VARIABLES = "variables";
    private static final String VALUE = "value";
    private static final String TYPE = "type";

    /** Kinds of values that are a text; Tasklist names them, others may leave it out. */
    private static final Set<String> TEXTS = Set.of("", "string", "null");

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;

    private final JsonMapper json = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * The parts of a deployment, as they came: the engine looks at every file of it, whoever brings it. Only a later moment
     * from which on it counts is refused here, because until then the process could not be started.
     */
    byte[] deployment(byte[] body) throws RefusedException {
        if (new String(body, StandardCharsets.ISO_8859_1).contains("deployment-activation-time")) {
            throw new RefusedException(
                    BAD_REQUEST, "A diagram counts from now on; leave out \"deployment-activation-time\".");
        }
        return body;
    }

    /** A body that is not taken, and why. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * The fields of a form, and nothing else.
     *
     * @param isUnchangedKey whether a text is the key of the task's own request, which Tasklist sends back
     * @throws RefusedException if the body is no form, a field is no text, or something else is to be set
     */
    byte[] form(byte[] body, Predicate<String> isUnchangedKey) throws RefusedException {
        ObjectNode clean = json.createObjectNode();
        ObjectNode fields = clean.putObject(VARIABLES);
        JsonNode sent = body.length == 0 ? fields : object(body).path(VARIABLES);
        if (!sent.isMissingNode() && !sent.isObject()) {
            throw new RefusedException(BAD_REQUEST, "\"variables\" must be an object.");
        }
        for (Map.Entry<String, JsonNode> field : sent.properties()) {
            JsonNode value = field.getValue().path(VALUE);
            if (RequestVariables.requestIdName().equals(field.getKey()) && isUnchangedKey.test(value.asText())) {
                continue;
            }
            if (!RequestVariables.FORM_FIELDS.contains(field.getKey())) {
                throw new RefusedException(
                        FORBIDDEN, "\"" + field.getKey() + "\" is not a field of this form; nobody sets variables.");
            }
            boolean absent = value.isMissingNode() || value.isNull();
            String type = field.getValue().path(TYPE).asText("").toLowerCase(Locale.ROOT);
            if (!field.getValue().isObject() || !TEXTS.contains(type) || (!absent && !value.isTextual())) {
                throw new RefusedException(BAD_REQUEST, "The field \"" + field.getKey() + "\" must be a text.");
            }
            if (!absent) {
                fields.putObject(field.getKey()).put(VALUE, value.asText()).put(TYPE, "String");
            }
        }
        return written(clean);
    }

    /**
     * Whoever claims, claims for himself.
     *
     * @throws RefusedException if the body names nobody, or somebody else
     */
    byte[] claim(byte[] body, PersonId caller) throws RefusedException {
        JsonNode person = object(body).path("userId");
        if (!person.isTextual() || person.asText().isBlank()) {
            throw new RefusedException(BAD_REQUEST, "\"userId\" is missing; a task is claimed for oneself.");
        }
        if (!new PersonId(person.asText()).equals(caller)) {
            throw new RefusedException(FORBIDDEN, "A task is claimed for oneself, not for somebody else.");
        }
        return written(json.createObjectNode().put("userId", caller.value()));
    }

    /**
     * A retry: one more try or several, and nothing else. A due date in it would put a revocation off.
     *
     * @throws RefusedException if anything but a positive number of retries is sent
     */
    byte[] retry(byte[] body) throws RefusedException {
        JsonNode sent = object(body);
        if (sent.size() != 1
                || !sent.path("retries").isInt()
                || sent.path("retries").asInt() < 1) {
            throw new RefusedException(
                    FORBIDDEN, "A retry gives a job one more try or several, and changes nothing else.");
        }
        return written(
                json.createObjectNode().put("retries", sent.path("retries").asInt()));
    }

    /**
     * A query: as it came, if it holds no expression.
     *
     * @throws RefusedException if it is no JSON object, or asks the engine to evaluate something
     */
    byte[] query(byte[] body) throws RefusedException {
        if (body.length == 0) {
            return body;
        }
        JsonNode query = object(body);
        demandNoExpression(query);
        return written(query);
    }

    private static void demandNoExpression(JsonNode node) throws RefusedException {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (name.contains("expression")) {
                throw new RefusedException(
                        BAD_REQUEST, "\"" + field.getKey() + "\" is not taken: queries hold no expressions.");
            }
            if (name.equals(VALUE) && field.getValue().isContainerNode()) {
                throw new RefusedException(BAD_REQUEST, "\"value\" must be a text, a number or true or false.");
            }
            demandNoExpression(field.getValue());
        }
        if (node.isArray()) {
            for (JsonNode element : node) {
                demandNoExpression(element);
            }
        }
    }

    private JsonNode object(byte[] body) throws RefusedException {
        try {
            JsonNode read = json.readTree(body);
            if (read.isObject()) {
                return read;
            }
        } catch (JsonProcessingException unreadable) {
            throw new RefusedException(BAD_REQUEST, "The body is no JSON that can be read.");
        } catch (IOException impossible) {
            throw new IllegalStateException("Bytes in memory cannot be read.", impossible);
        }
        throw new RefusedException(BAD_REQUEST, "The body must be a JSON object.");
    }

    private byte[] written(JsonNode node) {
        try {
            return json.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("What was read cannot be written.", impossible);
        }
    }
}
