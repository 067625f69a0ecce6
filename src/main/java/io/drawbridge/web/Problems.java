package io.drawbridge.web;

import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers that say what went wrong, as RFC 9457 problems.
 *
 * <p>Written straight to the response, whatever the caller said that he accepts: a refusal must not fail in its turn.
 */
public final class Problems {
    /** Prefix of every problem type; the words after it are stable. */
    private static final String TYPE = "urn:drawbridge:problem:";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Problems() {}

    /**
     * One problem.
     *
     * @param type stable words, such as {@code status-conflict}
     * @param title the type in words, the same each time
     * @param detail what happened this time
     * @param more further members of the answer
     */
    public record Problem(int status, String type, String title, String detail, Map<String, ?> more) {
        public Problem(int status, String type, String title, String detail) {
            this(status, type, title, detail, Map.of());
        }
    }

    /** Answers with the problem. Changes nothing if an answer is already on its way. */
    public static void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", TYPE + problem.type());
        body.put("title", problem.title());
        body.put("status", problem.status());
        body.put("detail", problem.detail());
        body.put("instance", instance(request));
        body.putAll(problem.more());
        byte[] bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        response.resetBuffer();
        response.setStatus(problem.status());
        response.setContentType("application/problem+json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** The path as it was sent, which is a valid URI reference; {@code about:blank} if it is not. */
    private static String instance(HttpServletRequest request) {
        try {
            return URI.create(request.getRequestURI()).toString();
        } catch (IllegalArgumentException unreadable) {
            return "about:blank";
        }
    }
}
