package io.drawbridge.web;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.Drawbridge;
import io.drawbridge.identity.People;
import io.drawbridge.request.OpeningDesk;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long lists, searches and pages take to answer when there are many requests.
 *
 * <p>The whole application over HTTP on PostgreSQL, one caller at a time, signed in by a session. The reference is the same
 * call of the same run with a hundredth of the requests.
 */
public final class ListsBenchmark {
    private static final int WARM = 40;
    private static final int CALLS = 100;
    private static final double MOST_MILLIS = 100;
    private static final double MOST_GROWTH = 3;
    /** Below this, growth is noise. */
    private static final double FLOOR_MILLIS = 10;

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private ListsBenchmark() {}

    /** A call; {@code {id}} and {@code {cursor}} stand for a pending request and a place in the middle of all. */
    private record Call(String who, String path) {}

    private static final List<Call> CALLS_TO_MEASURE = List.of(
            new Call("erin", "/v1/requests"),
            new Call("erin", "/v1/requests?status=PENDING"),
            new Call("erin", "/v1/requests?account=200000000007"),
            new Call("erin", "/v1/requests?requester=person-77@acme.example"),
            new Call("erin", "/v1/requests?q=ScheduleKeyDeletion"),
            new Call("erin", "/v1/requests?q=OPS-777:"),
            new Call("erin", "/v1/requests?q=nothing-like-this"),
            new Call("erin", "/v1/requests?cursor={cursor}"),
            new Call("erin", "/v1/requests?limit=100"),
            new Call("carol", "/v1/requests"),
            new Call("carol", "/v1/requests?q=OPS-777:"),
            new Call("victor", "/v1/requests?status=DENIED"),
            new Call("bob", "/v1/requests"),
            new Call("mallory", "/v1/requests"),
            new Call("erin", "/v1/requests/{id}"),
            new Call("erin", "/v1/requests/{id}/history"),
            new Call("erin", "/v1/grants"),
            new Call("erin", "/v1/grants?state=ACTIVE"),
            new Call("erin", "/v1/grants?person=person-77@acme.example"),
            new Call("carol", "/v1/grants"),
            new Call("erin", "/v1/audit"),
            new Call("erin", "/v1/audit?action=request.approved"),
            new Call("erin", "/v1/audit?actor=person-7@acme.example"),
            new Call("erin", "/v1/audit?subject={id}"),
            new Call("erin", "/v1/scopes"),
            new Call("erin", "/v1/policies"),
            new Call("erin", "/requests"),
            new Call("carol", "/requests"),
            new Call("bob", "/requests"),
            new Call("carol", "/requests?show=decide"),
            new Call("bob", "/requests?show=mine"),
            new Call("erin", "/requests?service=kms&requester=person-77"),
            new Call("erin", "/requests?account=200000000007&status=PENDING"),
            new Call("erin", "/requests?status=APPROVED"),
            new Call("erin", "/requests?q=OPS-777:"),
            new Call("erin", "/requests?q=nothing-like-this"),
            new Call("erin", "/requests/{id}"),
            new Call("erin", "/requests/new"),
            new Call("erin", "/requests/new?account=200000000007&permission=s3:DeleteBucket"),
            new Call("erin", "/grants"),
            new Call("erin", "/organization"),
            new Call("erin", "/policies"),
            new Call("erin", "/audit"),
            new Call("erin", "/audit?q=nothing-like-this"),
            new Call("erin", "/notices"),
            new Call("erin", "/settings"));

    /**
     * Prints a table and a verdict.
     *
     * @param arguments numbers of requests, the reference first; 1000 and 100000 if there are none
     */
    public static void main(String[] arguments) throws Exception {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger logger) {
            logger.setLevel(Level.ERROR);
        }
        int[] sizes = arguments.length == 0
                ? new int[] {1_000, 100_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        Map<Integer, Map<Call, double[]>> measured = new LinkedHashMap<>();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            for (int size : sizes) {
                String database = "requests_" + size;
                try (var connection = postgres.getPostgresDatabase().getConnection();
                        var statement = connection.createStatement()) {
                    statement.execute("create database " + database);
                }
                measured.put(size, measure(postgres.getJdbcUrl("postgres", database), size));
            }
        }
        print(sizes, measured);
        System.exit(0);
    }

    private static Map<Call, double[]> measure(String url, int size) throws Exception {
        SpringApplication application = new SpringApplication(Drawbridge.class);
        try (ConfigurableApplicationContext context = application.run(
                "--server.port=0",
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=",
                "--logging.level.root=ERROR",
                "--spring.main.banner-mode=off")) {
            JdbcClient database = context.getBean(JdbcClient.class);
            long start = System.nanoTime();
            new Archive(database, context.getBean(OpeningDesk.class), context.getBean(People.class)).fill(size);
            System.out.printf(
                    Locale.ROOT, "%,d requests are there after %.0f s%n", size, (System.nanoTime() - start) / 1e9);
            String port = context.getEnvironment().getRequiredProperty("local.server.port");
            URI base = URI.create("http://127.0.0.1:" + port);
            Map<String, HttpClient> browsers = new HashMap<>();
            String id = database.sql(
                            "select id from access_request where status = 'PENDING' order by created_at limit 1")
                    .query(String.class)
                    .single();
            String cursor = cursor(signedIn(browsers, base, "erin"), base, size);
            Map<Call, double[]> answers = new LinkedHashMap<>();
            for (Call call : CALLS_TO_MEASURE) {
                HttpRequest request = HttpRequest.newBuilder(
                                base.resolve(call.path().replace("{id}", id).replace("{cursor}", cursor)))
                        .header("Accept", call.path().startsWith("/v1/") ? "application/json" : "text/html")
                        .build();
                double[] millis = times(signedIn(browsers, base, call.who()), request);
                if (millis.length > 0) {
                    answers.put(call, millis);
                }
            }
            return answers;
        }
    }

    /** Each answer's time in milliseconds, sorted; none if there is no such page or not for that person. */
    private static double[] times(HttpClient browser, HttpRequest request) throws Exception {
        double[] millis = new double[CALLS];
        for (int number = -WARM; number < CALLS; number++) {
            long start = System.nanoTime();
            HttpResponse<byte[]> answer = browser.send(request, HttpResponse.BodyHandlers.ofByteArray());
            double took = (System.nanoTime() - start) / 1e6;
            if (answer.statusCode() != 200) {
                System.out.println(request.uri().getPath() + " answers " + answer.statusCode());
                return new double[0];
            }
            if (number >= 0) {
                millis[number] = took;
            }
        }
        Arrays.sort(millis);
        return millis;
    }

    /** A place in the middle of all requests, as the API gives it. */
    private static String cursor(HttpClient browser, URI base, int size) throws Exception {
        JsonMapper json = JsonMapper.builder().build();
        String cursor = "";
        for (int seen = 0; seen < size / 2; seen += 100) {
            HttpResponse<String> answer = browser.send(
                    HttpRequest.newBuilder(base.resolve(
                                    "/v1/requests?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String next = json.readTree(answer.body()).path("next").asText("");
            if (next.isEmpty()) {
                throw new IllegalStateException("No next page: " + answer.body());
            }
            cursor = URLEncoder.encode(next, StandardCharsets.UTF_8);
        }
        return cursor;
    }

    private static HttpClient signedIn(Map<String, HttpClient> browsers, URI base, String who) throws Exception {
        HttpClient known = browsers.get(who);
        if (known != null) {
            return known;
        }
        HttpClient browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpResponse<String> login = browser.send(
                HttpRequest.newBuilder(base.resolve("/login")).build(), HttpResponse.BodyHandlers.ofString());
        Matcher token = CSRF.matcher(login.body());
        if (!token.find()) {
            throw new IllegalStateException("The login has no CSRF token.");
        }
        String form = "username=" + who + "&password=" + who + "&_csrf="
                + URLEncoder.encode(token.group(1), StandardCharsets.UTF_8);
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(base.resolve("/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.headers().firstValue("Location").orElse("").contains("error")) {
            throw new IllegalStateException(who + " cannot sign in.");
        }
        browsers.put(who, browser);
        return browser;
    }

    private static void print(int[] sizes, Map<Integer, Map<Call, double[]>> measured) {
        int least = sizes[0];
        int most = sizes[sizes.length - 1];
        System.out.printf(
                Locale.ROOT,
                "%nJava %s, %d cores, PostgreSQL; %d answers of each, milliseconds; least: the fastest of the many%n%n| who | call | p50 | p95",
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                CALLS);
        System.out.printf(
                Locale.ROOT,
                " at %,d | p50 | p95 at %,d | growth of p95 | least |%n"
                        + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |%n",
                least,
                most);
        List<String> over = new ArrayList<>();
        measured.getOrDefault(most, Map.of()).forEach((call, millis) -> {
            double[] before = measured.getOrDefault(least, Map.of()).getOrDefault(call, millis);
            double growth = p95(millis) / p95(before);
            boolean slow = p95(millis) > MOST_MILLIS;
            boolean grows = growth > MOST_GROWTH && p95(millis) > FLOOR_MILLIS;
            if (slow || grows) {
                over.add(call.who() + " " + call.path());
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | `%s` | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
                    call.who(),
                    call.path(),
                    before[before.length / 2],
                    p95(before),
                    millis[millis.length / 2],
                    p95(millis),
                    growth,
                    millis[0]);
        });
        System.out.printf(
                Locale.ROOT,
                "%np95 below %.0f ms and growth below %.0f (or below %.0f ms): %s%n",
                MOST_MILLIS,
                MOST_GROWTH,
                FLOOR_MILLIS,
                over.isEmpty() ? "all" : "NOT " + over);
    }

    private static double p95(double[] sorted) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * 0.95) - 1)];
    }
}
