package io.drawbridge.workflow;

import io.drawbridge.identity.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What each role may call of the engine's REST APIs; everything else is refused.
 *
 * <p>People read, claim, unclaim, complete and submit. Operations also read instances, jobs and incidents, and retry.
 * Administrators also execute a due job. Process owners also deploy diagrams. Nobody sets variables, throws errors, sends messages, modifies or deletes.
 * The paths are those that Tasklist, Cockpit and Admin 7.24 were seen to call.
 */
@Component
class EngineApiRules {
    private static final Set<Role> PEOPLE =
            EnumSet.of(Role.REQUESTER, Role.ADMINISTRATOR, Role.OPERATIONS, Role.PROCESS_OWNER);
    private static final Set<Role> WATCHERS = EnumSet.of(Role.ADMINISTRATOR, Role.OPERATIONS, Role.PROCESS_OWNER);
    private static final Set<Role> RETRIERS = EnumSet.of(Role.ADMINISTRATOR, Role.OPERATIONS);
    private static final Set<Role> ADMINISTRATORS = EnumSet.of(Role.ADMINISTRATOR);

    private static final Set<Role> OWNERS = EnumSet.of(Role.PROCESS_OWNER);

    /** Where Camunda Modeler deploys to. */
    static final String DEPLOY = "/deployment/create";

    private static final List<String> ENGINES =
            List.of("/engine-rest", "/engine-rest/engine/default", "/camunda/api/engine/engine/default");

    /** The engine counts nothing for us, and answers 500 to whoever asks for its counts. */
    private static final List<PathPattern> UNAVAILABLE = ENGINES.stream()
            .map(engine -> PathPatternParser.defaultInstance.parse(engine + "/metrics/**"))
            .toList();

    /** One of them: the counts and statistics at the same place tell how much others ask for. */
    private static final String DEFINITION = "/process-definition/{id:(?!count$|statistics$).+}";

    private static final String INSTANCE = "/process-instance/{id:(?!count$).+}";

    private record Rule(Set<Role> roles, String method, PathPattern path) {}

    private final List<Rule> rules = new ArrayList<>();

    EngineApiRules() {
        engine(PEOPLE, "GET", "/task", "/task/count", "/task/{id}", "/task/{id}/form", "/task/{id}/deployed-form");
        engine(PEOPLE, "GET", "/task/{id}/form-variables", "/task/{id}/rendered-form", "/task/{id}/identity-links");
        engine(PEOPLE, "GET", "/task/{id}/comment", "/filter", "/filter/count", "/filter/{id}", "/filter/{id}/list");
        engine(PEOPLE, "GET", "/filter/{id}/count", "/user/{id}/profile", DEFINITION);
        engine(PEOPLE, "GET", "/process-definition/{id}/xml", "/process-definition/{id}/diagram");
        engine(PEOPLE, "GET", "/history/user-operation", "/history/user-operation/count", INSTANCE);
        engine(PEOPLE, "OPTIONS", "/filter", "/filter/{id}", "/task", "/task/{id}");
        engine(PEOPLE, "POST", "/task", "/task/count", "/filter/{id}/list", "/filter/{id}/count", "/group");
        engine(
                PEOPLE,
                "POST",
                "/task/{id}/claim",
                "/task/{id}/unclaim",
                "/task/{id}/complete",
                "/task/{id}/submit-form");
        engine(WATCHERS, "GET", "/**");
        engine(WATCHERS, "OPTIONS", "/**");
        engine(WATCHERS, "POST", "/process-instance", "/process-instance/count", "/variable-instance");
        engine(
                WATCHERS,
                "POST",
                "/variable-instance/count",
                "/history/task",
                "/history/task/count",
                "/job",
                "/job/count");
        engine(WATCHERS, "POST", "/history/process-instance", "/history/process-instance/count", "/execution", "/user");
        engine(WATCHERS, "POST", "/history/activity-instance", "/history/activity-instance/count", "/user/count");
        engine(
                WATCHERS,
                "POST",
                "/history/job-log",
                "/history/job-log/count",
                "/job-definition",
                "/job-definition/count");
        engine(RETRIERS, "PUT", "/job/{id}/retries");
        engine(ADMINISTRATORS, "POST", "/job/{id}/execute");

        at(OWNERS, "POST", "/engine-rest" + DEPLOY, "/engine-rest/engine/default" + DEPLOY);

        at(PEOPLE, "GET", "/engine-rest/engine", "/engine-rest/version", "/camunda/api/engine/engine");
        at(PEOPLE, "GET", "/camunda/api/admin/auth/user/{engine}", "/camunda/api/*/plugin/*/static/**");
        at(PEOPLE, "POST", "/camunda/api/admin/auth/user/{engine}/logout");
        at(PEOPLE, "GET", "/camunda/api/tasklist/**", "/camunda/api/welcome/**");
        at(WATCHERS, "GET", "/camunda/api/cockpit/**");
        at(WATCHERS, "POST", "/camunda/api/cockpit/plugin/base/default/process-instance");
        at(WATCHERS, "POST", "/camunda/api/cockpit/plugin/base/default/process-instance/count");
        at(WATCHERS, "POST", "/camunda/api/cockpit/plugin/base/default/incident");
        at(WATCHERS, "POST", "/camunda/api/cockpit/plugin/base/default/incident/count");
        at(WATCHERS, "POST", "/camunda/api/cockpit/plugin/base/default/process-definition/**");
        at(ADMINISTRATORS, "GET", "/camunda/api/admin/**");
    }

    /** Whether somebody with these roles may make that call. */
    boolean allow(Set<Role> roles, String method, String path) {
        String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        PathContainer parsed = PathContainer.parsePath(trimmed);
        String asked = method.equals("HEAD") ? "GET" : method;
        if (UNAVAILABLE.stream().anyMatch(closed -> closed.matches(parsed))) {
            return false;
        }
        return rules.stream()
                .filter(rule -> rule.method().equals(asked))
                .filter(rule -> rule.roles().stream().anyMatch(roles::contains))
                .anyMatch(rule -> rule.path().matches(parsed));
    }

    private void engine(Set<Role> roles, String method, String... paths) {
        for (String engine : ENGINES) {
            for (String path : paths) {
                at(roles, method, engine + path);
            }
        }
    }

    private void at(Set<Role> roles, String method, String... paths) {
        for (String path : paths) {
            rules.add(new Rule(roles, method, PathPatternParser.defaultInstance.parse(path)));
        }
    }
}
