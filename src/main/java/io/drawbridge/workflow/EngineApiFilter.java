package io.drawbridge.workflow;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.identity.AuditTrail;
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
import jakarta.servlet.http.HttpSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.history.HistoricTaskInstance;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.StringUtils;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriUtils;

/**
 * Stands before the engine's REST APIs, behind the sign-in.
 *
 * <p>Refuses what the caller's roles do not need (403), hides what belongs to another tenant (404, where the engine answers
 * 500), and hands on of a body only what it has understood: the fields of a form, a claim for oneself, a query without
 * expressions.
 */
class EngineApiFilter extends OncePerRequestFilter {
    /** A form has three fields of at most 2,000 characters, and a query is shorter; nothing larger is read. */
    private static final int LARGEST_BODY = 64 * 1024;

    /** A diagram of a process has some hundred kilobytes at most, and three of them can be deployed at once. */
    private static final int LARGEST_DEPLOYMENT = 2 * 1024 * 1024;

    private static final Pattern THING = Pattern.compile(
            "(?:/engine-rest|/engine-rest/engine/default|/camunda/api/engine/engine/default)/(task|process-instance|job)/([^/]+)(/.*)?");
    private static final Pattern TASK_DEED = Pattern.compile(".*/task/([^/]+)/(claim|unclaim|complete|submit-form)/?");
    private static final Pattern JOB_DEED = Pattern.compile(".*/job/([^/]+)/(retries|execute)/?");
    private static final Set<String> COLLECTIONS =
            Set.of("count", "create", "report", "delete", "suspended", "retries");

    private final EngineApiRules rules;
    private final People people;
    private final TaskService tasks;
    private final RuntimeService runtime;
    private final ManagementService management;
    private final HistoryService history;
    private final EngineApiBodies bodies;
    private final AuditTrail trail;
    private final JsonMapper json = JsonMapper.builder().build();

    EngineApiFilter(
            EngineApiRules rules,
            People people,
            TaskService tasks,
            RuntimeService runtime,
            ManagementService management,
            HistoryService history,
            EngineApiBodies bodies,
            AuditTrail trail) {
        this.rules = rules;
        this.people = people;
        this.tasks = tasks;
        this.runtime = runtime;
        this.management = management;
        this.history = history;
        this.bodies = bodies;
        this.trail = trail;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Person> caller = caller();
        // As the engine reads it: the firewall before has refused every spelling that decodes to something else.
        String path = UriUtils.decode(
                request.getRequestURI().substring(request.getContextPath().length()), StandardCharsets.UTF_8);
        if (path.startsWith("/camunda/app/")) {
            showApplication(caller.isPresent(), request, response, chain);
            return;
        }
        if (caller.isEmpty()) {
            answer(response, HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized", "Sign in first.");
            return;
        }
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
        if (!request.getMethod().equals("POST") && !request.getMethod().equals("PUT")) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Refusal> missing = missingTask(caller.get(), path);
        if (missing.isPresent()) {
            answer(
                    response,
                    missing.get().status(),
                    missing.get().type(),
                    missing.get().message());
            return;
        }
        if (!isDue(path)) {
            answer(
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "Forbidden",
                    "This job is not due; what is not due is executed by nobody.");
            return;
        }
        boolean deployment = path.endsWith(EngineApiRules.DEPLOY);
        int largest = deployment ? LARGEST_DEPLOYMENT : LARGEST_BODY;
        byte[] body = request.getInputStream().readNBytes(largest + 1);
        if (body.length > largest) {
            answer(
                    response,
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "TooLarge",
                    "More than " + largest + " bytes are not taken.");
            return;
        }
        try {
            byte[] understood = deployment ? bodies.deployment(body) : understood(caller.get(), path, body);
            chain.doFilter(new Replayed(request, understood), response);
        } catch (EngineApiBodies.RefusedException refusal) {
            answer(
                    response,
                    refusal.status(),
                    refusal.status() == HttpServletResponse.SC_FORBIDDEN ? "Forbidden" : "InvalidRequest",
                    String.valueOf(refusal.getMessage()));
        }
    }

    /** An answer that ends the call here. */
    private record Refusal(int status, String type, String message) {}

    private byte[] understood(Person caller, String path, byte[] body) throws EngineApiBodies.RefusedException {
        Matcher job = JOB_DEED.matcher(path);
        if (job.matches()) {
            return job.group(2).equals("retries") ? bodies.retry(body) : new byte[0];
        }
        Matcher deed = TASK_DEED.matcher(path);
        if (!deed.matches()) {
            return bodies.query(body);
        }
        return switch (deed.group(2)) {
            case "claim" -> bodies.claim(body, caller.id());
            case "unclaim" -> new byte[0];
            default -> bodies.form(body, key -> isUnchangedKey(decoded(deed.group(1)), key));
        };
    }

    /**
     * A task that is not there: done already by somebody else (409, and on record), or never there (404). The engine
     * answers 500 to both.
     */
    private Optional<Refusal> missingTask(Person caller, String path) {
        Matcher deed = TASK_DEED.matcher(path);
        String task = deed.matches() ? decoded(deed.group(1)) : "";
        if (task.isEmpty() || tasks.createTaskQuery().taskId(task).count() > 0) {
            return Optional.empty();
        }
        HistoricTaskInstance done =
                history.createHistoricTaskInstanceQuery().taskId(task).singleResult();
        if (done == null || !caller.tenant().value().equals(done.getTenantId())) {
            return Optional.of(
                    new Refusal(HttpServletResponse.SC_NOT_FOUND, "NotFound", "There is no such task here."));
        }
        HistoricProcessInstance instance = history.createHistoricProcessInstanceQuery()
                .processInstanceId(done.getProcessInstanceId())
                .singleResult();
        if (instance != null && instance.getBusinessKey() != null) {
            trail.recordRefusal(
                    caller.tenant(),
                    caller.id().value(),
                    "request.refused",
                    instance.getBusinessKey(),
                    Map.of("deed", deed.group(2), "reason", "the task is already done"));
        }
        return Optional.of(new Refusal(
                HttpServletResponse.SC_CONFLICT, "Conflict", "This task is already done; look at the request again."));
    }

    /** The engine reads ids decoded; what is looked up here must be what it will look up. */
    private static String decoded(String segment) {
        return StringUtils.uriDecode(segment, StandardCharsets.UTF_8);
    }

    /** Due, or given up by the engine; true of whatever executes no job. */
    private boolean isDue(String path) {
        Matcher job = JOB_DEED.matcher(path);
        if (!job.matches() || !job.group(2).equals("execute")) {
            return true;
        }
        String id = decoded(job.group(1));
        return management.createJobQuery().jobId(id).noRetriesLeft().count() > 0
                || management.createJobQuery().jobId(id).executable().count() > 0;
    }

    /** The engine's applications refuse by themselves who has no part in them; who has left they would know for a while. */
    private static void showApplication(
            boolean known, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (known) {
            chain.doFilter(request, response);
            return;
        }
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
        response.sendRedirect(request.getContextPath() + "/login");
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
        String id = decoded(thing.group(2));
        if (thing.group(1).equals("task") && !TASK_DEED.matcher(path).matches() && !isInSight(caller, id)) {
            return false;
        }
        if (thing.group(1).equals("job")
                && management.createJobQuery().jobId(id).count() == 0) {
            return false;
        }
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

    /**
     * Whether he may read the task: he is asked, or he watches the engine. The engine itself says 403 to some calls and 404
     * to others, and 500 to most of what is asked of a task that is not there. What somebody does to a task is for the desk
     * to refuse, with its reason and on record.
     */
    private boolean isInSight(Person caller, String task) {
        String person = caller.id().value();
        return caller.has(Role.OPERATIONS)
                || caller.has(Role.PROCESS_OWNER)
                || caller.has(Role.ADMINISTRATOR)
                || tasks.createTaskQuery().taskId(task).taskAssignee(person).count() > 0
                || tasks.createTaskQuery()
                                .taskId(task)
                                .taskCandidateUser(person)
                                .includeAssignedTasks()
                                .count()
                        > 0;
    }

    /** Tasklist sends back what the form has read: the key of the request, which may not be another one. */
    private boolean isUnchangedKey(String task, String key) {
        return runtime.createProcessInstanceQuery().processInstanceBusinessKey(key).list().stream()
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
