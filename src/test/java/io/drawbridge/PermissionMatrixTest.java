package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.stage.Cast;
import io.drawbridge.stage.LiveStage;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.CookieManager;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.rest.impl.CamundaRestResources;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Everything that can be called, by everybody who can call it, against the table {@code permissions.csv}.
 *
 * <p>The calls come from the routes that there are: of Spring MVC, of the actuator, of the engine's REST API. A route without
 * a row fails, and so does a row without a route.
 */
@DisplayName("Who may do what")
class PermissionMatrixTest extends LiveStage {
    private static final String TABLE = "src/test/resources/permissions.csv";

    /** Not 401 and not 403: let in, whatever comes of the call then. */
    private static final String LET_IN = "in";

    private static final String NOBODY = "anonymous";

    /** The columns of the table, and who stands in them. Alice's request is in payments-dev, which Carol approves. */
    private static final Map<String, String> COLUMNS = columns();

    /** A row for all calls below a path that have none of their own; the engine's are closed by one. */
    private static final String ANY = "*";

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*?value=\"([^\"]+)\"");
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private static final Map<String, Session> SESSIONS = new HashMap<>();
    private static final Map<String, String> THINGS = new HashMap<>();

    @Autowired
    private ApplicationContext application;

    @Autowired
    private ServletContext servlets;

    /** The administrator of the demo also watches the installation; the table is about one who does not. */
    @BeforeEach
    void administratorOfHerTenantOnly() {
        database.sql("delete from person_role where person_id = 'erin@acme.example' and role = 'OPERATIONS'")
                .update();
    }

    @AfterEach
    void asBefore() {
        database.sql("insert into person_role (person_id, role) values ('erin@acme.example', 'OPERATIONS')")
                .update();
    }

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put(NOBODY, "");
        columns.put("requester", "alice");
        columns.put("other requester", "mallory");
        columns.put("approver elsewhere", "bob");
        columns.put("approver", "carol");
        columns.put("viewer", "victor");
        columns.put("operations", "oscar");
        columns.put("process owner", "petra");
        columns.put("administrator", "erin");
        columns.put("intake", "intake");
        columns.put("other tenant", "gina");
        return columns;
    }

    /** A way in: a method, and a path with its variables in braces. */
    private record Route(String method, String path) implements Comparable<Route> {
        @Override
        public int compareTo(Route other) {
            int order = path.compareTo(other.path);
            return order == 0 ? method.compareTo(other.method) : order;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /**
     * A row of the table.
     *
     * @param call what is called for it; things in braces are put in
     * @param answers what is expected, by column
     * @param body what is sent, empty for nothing
     */
    private record Row(Route route, String call, Map<String, String> answers, String body) {
        static Row of(String line) {
            String[] cells = line.split(",", 3 + COLUMNS.size() + 1);
            assertThat(cells)
                    .as(TABLE + ": a line has method, path, call, " + COLUMNS.size()
                            + " answers and a body, which may be empty: " + line)
                    .hasSize(3 + COLUMNS.size() + 1);
            Map<String, String> answers = new LinkedHashMap<>();
            int cell = 3;
            for (String column : COLUMNS.keySet()) {
                answers.put(column, cells[cell++].strip());
            }
            String call = cells[2].strip();
            Route route = new Route(cells[0].strip(), cells[1].strip());
            return new Row(route, call.isEmpty() ? route.path() : call, answers, cells[cell].strip());
        }
    }

    /** Somebody signed in by a session, or nobody. */
    private final class Session {
        private final CookieManager cookies = new CookieManager();
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(cookies).build();
        private final boolean anonymous;
        private String token = "";

        Session(String person) {
            anonymous = person.isEmpty();
            if (!anonymous) {
                token = tokenOf("/login");
                HttpRequest.Builder login = request("POST", "/login", null)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("username=" + person + "&password=" + person
                                + "&_csrf=" + URLEncoder.encode(token, StandardCharsets.UTF_8)));
                assertThat(send(http, login).header("Location"))
                        .as(person + " signs in")
                        .doesNotContain("error");
                token = tokenOf("/login");
                // Camunda's applications have a token of their own, in a cookie.
                send(http, request("GET", "/camunda/api/engine/engine", null));
            }
        }

        private String tokenOf(String page) {
            Matcher found = TOKEN.matcher(send(http, request("GET", page, null)).text());
            return found.find() ? found.group(1) : "";
        }

        /** The answer's status; a page that leads to the login says with it that one has to sign in. */
        String call(String method, String path, String body) {
            HttpRequest.Builder call = request(method, path, body.isEmpty() ? null : body);
            if (!anonymous && !SAFE.contains(method)) {
                call.header("X-CSRF-TOKEN", token);
                cookies.getCookieStore().getCookies().stream()
                        .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                        .forEach(cookie -> call.header("X-XSRF-TOKEN", cookie.getValue()));
            }
            Answer answer = send(http, call);
            return answer.status() == 302 && answer.header("Location").matches("([^/]*//[^/]*)?/login")
                    ? "401"
                    : String.valueOf(answer.status());
        }
    }

    @TestFactory
    @DisplayName("R70 each call answers to each role as the table says:")
    Stream<DynamicTest> answersAsTheTableSays() {
        return rows().stream()
                .filter(row -> !row.route().method().startsWith(ANY))
                .map(row -> DynamicTest.dynamicTest("R70 " + row.route(), () -> {
                    Map<String, String> found = ask(row);
                    assertThat(different(row, found))
                            .as(
                                    "%s answers otherwise than %s says. If it is right so, the row is%n%s",
                                    row.route(), TABLE, line(row, found))
                            .isEmpty();
                }));
    }

    @Test
    @DisplayName("R70 each route has a row, so that none opens unseen")
    void hasARowForEachRoute() {
        Set<Route> known = rows().stream().map(Row::route).collect(Collectors.toSet());
        List<String> missing = new ArrayList<>();
        for (Route route : routes()) {
            if (!known.contains(route)) {
                Row row = new Row(route, route.path(), Map.of(), SAFE.contains(route.method()) ? "" : "{}");
                missing.add(line(row, ask(row)));
            }
        }
        assertThat(missing)
                .as(
                        "These routes have no row in %s. Add one for each, with what R70 and R72 let everybody do;"
                                + " what each answers now stands in it, and is not what it should because of that",
                        TABLE)
                .isEmpty();
    }

    @Test
    @DisplayName("R70 each row of our own API and pages has a route, so that the table speaks of what is there")
    void hasARouteForEachRow() {
        Set<Route> routes = new HashSet<>(routes());
        assertThat(rows().stream()
                        .map(Row::route)
                        .filter(route ->
                                route.path().startsWith("/v1/") || route.path().startsWith("/actuator"))
                        .filter(route -> !routes.contains(route))
                        .toList())
                .as("These rows of %s have no route any more; take them out", TABLE)
                .isEmpty();
    }

    @Test
    @DisplayName("R70 each servlet that could answer stands in the table")
    void knowsEachServlet() {
        Set<String> paths = rows().stream().map(row -> row.route().path()).collect(Collectors.toSet());
        assertThat(servlets.getServletRegistrations().values().stream()
                        .flatMap(servlet -> servlet.getMappings().stream())
                        .map(mapping -> mapping.replaceFirst("/?\\*$", ""))
                        .filter(prefix -> paths.stream().noneMatch(path -> path.startsWith(prefix)))
                        .toList())
                .as("These servlets answer below paths of which %s says nothing; add rows for what they offer", TABLE)
                .isEmpty();
    }

    @Test
    @DisplayName("R72 whatever the engine's REST API offers is closed to everybody but where the table opens it")
    void closesTheEngineByDefault() {
        List<Row> rows = rows();
        Set<Route> own = rows.stream().map(Row::route).collect(Collectors.toSet());
        Collection<Route> offered = engineRoutes();
        assertThat(offered).as("what Camunda offers was found").hasSizeGreaterThan(300);
        List<String> wrong = new ArrayList<>();
        for (Route route : offered) {
            Route byDefaultEngine = new Route(route.method(), route.path().replace("/engine/{name}/", "/"));
            if (own.contains(byDefaultEngine)) {
                continue;
            }
            Row closed = rows.stream()
                    .filter(row -> row.route().method().equals(ANY)
                            || row.route().method().equals(ANY + route.method()))
                    .filter(row -> pattern(row.route().path())
                            .matches(PathContainer.parsePath(route.path().replaceAll("[{}]", ""))))
                    .max((a, b) -> a.route().method().compareTo(b.route().method()))
                    .orElseThrow(() -> new AssertionError(
                            route + " is offered by the engine and covered by no row of " + TABLE + "."));
            Row row = new Row(
                    route,
                    route.path().replace("/engine/{name}/", "/engine/default/"),
                    closed.answers(),
                    SAFE.contains(route.method()) ? "" : "{}");
            // The engine by its name is the same engine again, behind the same rules.
            Map<String, String> found =
                    route.path().contains("{name}") ? ask(row, Set.of(NOBODY, "requester", "administrator")) : ask(row);
            if (!different(row, found).isEmpty()) {
                wrong.add(line(row, found));
            }
        }
        assertThat(wrong)
                .as("The engine offers these otherwise than %s says; give each a row if it is right so", TABLE)
                .isEmpty();
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse(path);
    }

    /** The columns whose answer is another one than expected. */
    private static List<String> different(Row row, Map<String, String> found) {
        return found.entrySet().stream()
                .filter(answer -> !fits(row.answers().getOrDefault(answer.getKey(), ""), answer.getValue()))
                .map(answer -> answer.getKey() + ": expected " + row.answers().get(answer.getKey()) + ", was "
                        + answer.getValue())
                .toList();
    }

    private static boolean fits(String expected, String status) {
        return expected.equals(LET_IN) ? !status.equals("401") && !status.equals("403") : expected.equals(status);
    }

    private static String line(Row row, Map<String, String> found) {
        return row.route().method() + "," + row.route().path() + ","
                + (row.call().equals(row.route().path()) ? "" : row.call()) + "," + String.join(",", found.values())
                + ","
                + row.body();
    }

    /** Calls it by everybody; whoever is refused comes before whoever may have changed something. */
    private Map<String, String> ask(Row row) {
        return ask(row, COLUMNS.keySet());
    }

    private Map<String, String> ask(Row row, Set<String> columns) {
        Map<String, String> found = new LinkedHashMap<>();
        COLUMNS.forEach((column, person) -> {
            if (columns.contains(column)) {
                Session session = SESSIONS.computeIfAbsent(person, Session::new);
                found.put(column, session.call(row.route().method(), filled(row.call()), row.body()));
                if (row.route().path().endsWith("/logout")) {
                    SESSIONS.remove(person);
                }
            }
        });
        return found;
    }

    /** The call with living things in it. */
    private String filled(String call) {
        String filled = call;
        for (String thing : List.of("request", "grant", "task", "instance", "definition", "filter")) {
            if (filled.contains("{" + thing + "}")) {
                filled = filled.replace("{" + thing + "}", thing(thing));
            }
        }
        return filled.replaceAll("\\{[^}]*\\}", "none").replace("/**", "/none").replace("*", "none");
    }

    private String thing(String kind) {
        return switch (kind) {
            case "request" -> pending();
            case "task" -> task(thing("request"));
            case "instance" ->
                engine.getRuntimeService()
                        .createProcessInstanceQuery()
                        .processInstanceBusinessKey(thing("request"))
                        .list()
                        .get(0)
                        .getId();
            case "definition" ->
                engine.getRepositoryService()
                        .createProcessDefinitionQuery()
                        .processDefinitionKey("access-request")
                        .latestVersion()
                        .singleResult()
                        .getId();
            case "filter" ->
                engine.getFilterService()
                        .createFilterQuery()
                        .filterName("My approvals")
                        .singleResult()
                        .getId();
            case "grant" -> active();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** A request of Alice's that waits in payments-dev; a new one if the last was brought to its end. */
    private String pending() {
        String known = THINGS.get("request");
        if (known == null || !status(known).equals("PENDING")) {
            known = ask("alice", Cast.DEV, "kms:ScheduleKeyDeletion", "PT8H");
            THINGS.put("request", known);
        }
        return known;
    }

    /** A grant of Alice's in payments-dev that lives; a new one if the last was ended. */
    private String active() {
        String request = THINGS.get("grant");
        if (request == null || !grantState(request).equals("ACTIVE")) {
            if (request != null) {
                awaitGrant(request, "REVOKED", java.time.Duration.ofSeconds(20));
            }
            request = ask("alice", Cast.DEV, "kms:DisableKey", "PT1H");
            awaitGrant(request, "ACTIVE", java.time.Duration.ofSeconds(20));
            THINGS.put("grant", request);
        }
        return get("erin", "/v1/requests/" + request).at("/grant/id");
    }

    private String grantState(String request) {
        return get("erin", "/v1/requests/" + request).at("/grant/state");
    }

    private static List<Row> rows() {
        try (Stream<String> lines = new ClassPathResource("permissions.csv")
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()) {
            List<String> all = lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            assertThat(all.get(0))
                    .as("the columns of " + TABLE)
                    .isEqualTo("method,path,call," + String.join(",", COLUMNS.keySet()) + ",body");
            return all.stream().skip(1).map(Row::of).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What Spring MVC and the actuator answer to; a mapping without a method takes any, of which one stands for all. */
    private Collection<Route> routes() {
        Map<Route, Boolean> routes = new TreeMap<>();
        for (RequestMappingInfoHandlerMapping mapping : application
                .getBeansOfType(RequestMappingInfoHandlerMapping.class)
                .values()) {
            for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
                Set<String> methods = info.getMethodsCondition().getMethods().stream()
                        .map(Enum::name)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
                for (String path : info.getPatternValues()) {
                    for (String method : methods.isEmpty() ? Set.of("GET") : methods) {
                        routes.put(new Route(method, plain(path)), true);
                    }
                }
            }
        }
        return routes.keySet();
    }

    /** A variable may carry an expression, which no row repeats. */
    private static String plain(String path) {
        StringBuilder plain = new StringBuilder();
        int depth = 0;
        boolean expression = false;
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            expression = depth > 0 && (expression || c == ':');
            if (!expression) {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** What Camunda's REST API offers, as its resources are annotated. */
    private static Collection<Route> engineRoutes() {
        Map<Route, Boolean> routes = new TreeMap<>();
        for (Class<?> resource : CamundaRestResources.getResourceClasses()) {
            annotation(resource, Path.class)
                    .ifPresent(path -> walk(resource, join("/engine-rest", path.value()), routes, 0));
        }
        return routes.keySet();
    }

    private static void walk(Class<?> resource, String prefix, Map<Route, Boolean> routes, int depth) {
        if (depth > 6) {
            return;
        }
        for (Method method : resource.getMethods()) {
            Optional<Path> path = annotation(resource, method, Path.class);
            String at = path.map(more -> join(prefix, more.value())).orElse(prefix);
            Optional<String> verb = verb(resource, method);
            if (verb.isPresent()) {
                routes.put(new Route(verb.get(), at), true);
            } else if (path.isPresent()) {
                walk(method.getReturnType(), at, routes, depth + 1);
            }
        }
    }

    private static Optional<String> verb(Class<?> resource, Method method) {
        return declarations(resource, method)
                .flatMap(declared -> Arrays.stream(declared.getAnnotations()))
                .flatMap(found -> Optional.ofNullable(found.annotationType().getAnnotation(HttpMethod.class)).stream())
                .map(HttpMethod::value)
                .findFirst();
    }

    private static <A extends Annotation> Optional<A> annotation(Class<?> resource, Method method, Class<A> kind) {
        return declarations(resource, method)
                .flatMap(declared -> Optional.ofNullable(declared.getAnnotation(kind)).stream())
                .findFirst();
    }

    private static <A extends Annotation> Optional<A> annotation(Class<?> resource, Class<A> kind) {
        return Stream.concat(Stream.of(resource), Arrays.stream(resource.getInterfaces()))
                .flatMap(type -> Optional.ofNullable(type.getAnnotation(kind)).stream())
                .findFirst();
    }

    /** The method where it is declared, in the class and in each interface: JAX-RS lets annotations stand in either. */
    private static Stream<Method> declarations(Class<?> resource, Method method) {
        List<Method> found = new ArrayList<>(List.of(method));
        for (Class<?> type = resource; type != null; type = superclass(type)) {
            for (Class<?> each : types(type)) {
                try {
                    found.add(each.getMethod(method.getName(), method.getParameterTypes()));
                } catch (NoSuchMethodException notThere) {
                    // It is declared elsewhere.
                }
            }
        }
        return found.stream();
    }

    private static @Nullable Class<?> superclass(Class<?> type) {
        return type.getSuperclass();
    }

    private static List<Class<?>> types(Class<?> type) {
        List<Class<?>> types = new ArrayList<>(List.of(type));
        for (Class<?> above : type.getInterfaces()) {
            types.addAll(types(above));
        }
        return types;
    }

    private static String join(String prefix, String path) {
        String plain = plain(path).replace(" ", "");
        String joined =
                plain.isEmpty() || plain.equals("/") ? prefix : prefix + (plain.startsWith("/") ? "" : "/") + plain;
        return joined.length() > 1 && joined.endsWith("/") ? joined.substring(0, joined.length() - 1) : joined;
    }
}
