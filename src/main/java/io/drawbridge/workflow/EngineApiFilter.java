package io.drawbridge.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Stands before the engine's REST APIs, behind the sign-in.
 *
 * <p>Refuses what the caller's roles do not need (403), hides what belongs to another tenant (404, where the engine answers
 * 500), and lets nobody write a variable that is not a field of the form (403).
 */
class EngineApiFilter extends OncePerRequestFilter {
    /** A form has three fields of at most 2,000 characters; nothing larger is read. */
    private static final int LARGEST_FORM = 64 * 1024;

    private static final Pattern THING = Pattern.compile(
            "(?:/engine-rest|/engine-rest/engine/default|/camunda/api/engine/engine/default)/(task|process-instance|job)/([^/]+)(/.*)?");
    private static final Pattern SUBMISSION = Pattern.compile(".*/task/([^/]+)/(?:complete|submit-form)/?");
    private static final Set<String> COLLECTIONS =
            Set.of("count", "create", "report", "delete", "suspended", "retries");

    private final EngineApiRules rules;
    private final People people;
    private final TaskService tasks;
    private final RuntimeService runtime;
    private final ManagementService management;
    private final JsonMapper json = JsonMapper.builder().build();

    EngineApiFilter(
            EngineApiRules rules,
            People people,
            TaskService tasks,
            RuntimeService runtime,
            ManagementService management) {
        this.rules = rules;
        this.people = people;
        this.tasks = tasks;
        this.runtime = runtime;
        this.management = management;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Person> caller = caller();
        if (caller.isEmpty()) {
            answer(response, HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized", "Sign in first.");
            return;
        }
        String path = request.getRequestURI().substring(request.getContextPath().length());
        if (!rules.allow(caller.get().roles(), request.getMethod(), path)) {
            answer(
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "Forbidden",
                    "This operation is not offered to you here.");
            return;
        }
        if (!belongsToCaller(caller.get(), path)) {
            answer(response, HttpServletResponse.SC_NOT_FOUND, "NotFound", "There is no such thing here.");
            return;
        }
        Matcher submission = SUBMISSION.matcher(path);
        if (!submission.matches()) {
            chain.doFilter(request, response);
            return;
        }
        byte[] body = request.getInputStream().readNBytes(LARGEST_FORM + 1);
        String refusal = refusal(submission.group(1), body);
        if (refusal != null) {
            answer(response, HttpServletResponse.SC_FORBIDDEN, "Forbidden", refusal);
            return;
        }
        chain.doFilter(new Replayed(request, body), response);
    }

    private Optional<Person> caller() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null
                || !authentication.isAuthenticated()
                || authentication instanceof AnonymousAuthenticationToken) {
            return Optional.empty();
        }
        return people.find(new PersonId(authentication.getName())).filter(Person::active);
    }

    /** False for what belongs to another tenant; what nobody knows is left to the engine, which answers 404 itself. */
    private boolean belongsToCaller(Person caller, String path) {
        Matcher thing = THING.matcher(path);
        if (!thing.matches() || COLLECTIONS.contains(thing.group(2))) {
            return true;
        }
        String id = thing.group(2);
        String tenant =
                switch (thing.group(1)) {
                    case "task" ->
                        Optional.ofNullable(tasks.createTaskQuery().taskId(id).singleResult())
                                .map(task -> task.getTenantId())
                                .orElse(null);
                    case "process-instance" ->
                        Optional.ofNullable(runtime.createProcessInstanceQuery()
                                        .processInstanceId(id)
                                        .singleResult())
                                .map(instance -> instance.getTenantId())
                                .orElse(null);
                    default ->
                        Optional.ofNullable(
                                        management.createJobQuery().jobId(id).singleResult())
                                .map(job -> job.getTenantId())
                                .orElse(null);
                };
        return tenant == null
                || caller.has(Role.OPERATIONS)
                || caller.has(Role.PROCESS_OWNER)
                || caller.tenant().equals(new TenantId(tenant));
    }

    /** Why the form cannot be taken; null if it can. */
    private @Nullable String refusal(String task, byte[] body) {
        if (body.length > LARGEST_FORM) {
            return "A form of more than " + LARGEST_FORM + " bytes is not taken.";
        }
        if (body.length == 0) {
            return null;
        }
        try {
            JsonNode variables = json.readTree(body).path("variables");
            for (Map.Entry<String, JsonNode> field : variables.properties()) {
                if (isUnchangedKey(task, field)) {
                    continue;
                }
                if (!RequestVariables.FORM_FIELDS.contains(field.getKey())) {
                    return "\"" + field.getKey() + "\" is not a field of this form; nobody sets variables.";
                }
                JsonNode value = field.getValue().path("value");
                if (value.isContainerNode()) {
                    return "The field \"" + field.getKey() + "\" must be a text.";
                }
            }
            return null;
        } catch (JsonProcessingException unreadable) {
            return "The form is not JSON.";
        } catch (IOException impossible) {
            throw new IllegalStateException("Bytes in memory cannot be read.", impossible);
        }
    }

    /** Tasklist sends back what the form has read: the key of the request, which may not be another one. */
    private boolean isUnchangedKey(String task, Map.Entry<String, JsonNode> field) {
        if (!RequestVariables.requestIdName().equals(field.getKey())) {
            return false;
        }
        return runtime
                .createProcessInstanceQuery()
                .processInstanceBusinessKey(field.getValue().path("value").asText())
                .list()
                .stream()
                .anyMatch(instance -> tasks.createTaskQuery()
                                .taskId(task)
                                .processInstanceId(instance.getId())
                                .count()
                        > 0);
    }

    private void answer(HttpServletResponse response, int status, String type, String message) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(json.writeValueAsString(Map.of("type", type, "message", message)));
    }

    /** The request with a body that was read already. */
    private static final class Replayed extends HttpServletRequestWrapper {
        private final byte[] body;

        private Replayed(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("The body is in memory; there is nothing to wait for.");
                }

                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return bytes.read(target, offset, length);
                }
            };
        }

        @Override
        public java.io.BufferedReader getReader() {
            return new java.io.BufferedReader(new java.io.InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }
}
