package io.drawbridge.keycloak;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.Drawbridge;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Signs in at a real Keycloak, with the realm that docker-compose.yml uses; by hand, see docs/sign-in.md.
 *
 * <p>Takes the distribution as Maven brings it, starts it and Drawbridge on this machine's own address, and goes through a
 * login by Keycloak's form, a call by token, a service, and the logout. Ends with 1 at the first thing that is not as it
 * should be.
 */
public final class KeycloakTrial {
    private static final Pattern FORM = Pattern.compile("<form[^>]*action=\"([^\"]+)\"");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*?value=\"([^\"]+)\"");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int issuerPort = freePort();
    private final int port = freePort();
    private final String issuer = "http://127.0.0.1:" + issuerPort + "/realms/acme";
    private final String base = "http://127.0.0.1:" + port;

    private KeycloakTrial() {}

    /**
     * Runs the trial.
     *
     * @param arguments the path of keycloak-quarkus-dist-….zip
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("Give the path of keycloak-quarkus-dist-….zip as the one argument.");
        }
        int status = 0;
        KeycloakTrial trial = new KeycloakTrial();
        try (Keycloak keycloak = Keycloak.start(
                Path.of(arguments[0]),
                Map.of(
                        "KC_BOOTSTRAP_ADMIN_USERNAME", "admin",
                        "KC_BOOTSTRAP_ADMIN_PASSWORD", "admin",
                        "KC_HTTP_HOST", "127.0.0.1",
                        "KC_HTTP_PORT", String.valueOf(trial.issuerPort)),
                realm -> realm.replace("127.0.0.1:8080", "127.0.0.1:" + trial.port))) {
            keycloak.await(URI.create(trial.issuer));
            try (ConfigurableApplicationContext drawbridge = trial.drawbridge()) {
                if (!drawbridge.isRunning()) {
                    throw new IllegalStateException("Drawbridge has started and does not run; its log says why.");
                }
                trial.signInByForm();
                trial.callByToken();
                trial.handIn();
            }
        } catch (Exception | AssertionError failure) {
            status = 1;
            failure.printStackTrace();
        }
        System.exit(status);
    }

    private ConfigurableApplicationContext drawbridge() {
        return new SpringApplicationBuilder(Drawbridge.class)
                .profiles("at-keycloak")
                .run(
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--drawbridge.base-url=" + base,
                        "--spring.datasource.url=jdbc:h2:mem:keycloak;DB_CLOSE_DELAY=-1",
                        "--spring.flyway.locations=classpath:db/migration,classpath:db/demo",
                        "--drawbridge.sign-in.issuer=" + issuer,
                        "--drawbridge.sign-in.client-id=drawbridge",
                        "--drawbridge.sign-in.client-secret=drawbridge",
                        "--drawbridge.sign-in.roles.administrators=ADMINISTRATOR",
                        "--drawbridge.sign-in.service-roles.intake=INTAKE");
    }

    private void signInByForm() throws Exception {
        HttpClient browser = browser();
        String landed = throughKeycloak(browser, base + "/requests/new", "alice");
        demand(landed.equals(base + "/requests/new"), "the page that was asked for opens after the login", landed);
        demand(status(browser, "/v1/requests") == 200, "the session opens the API", "");
        demand(status(browser, "/camunda/app/tasklist/default/") == 200, "the session opens Tasklist", "");
        String user = send(browser, get(base + "/camunda/api/admin/auth/user/default"))
                .body();
        demand(user.contains("alice@acme.example"), "Camunda knows the same person", user);
        demand(status(browser, "/engine-rest/task") == 200, "the session opens the engine's API", "");
        demand(status(browser, "/v1/audit") == 403, "an engineer is no administrator", "");

        String page = send(browser, get(base + "/requests")).body();
        Matcher token = TOKEN.matcher(page);
        demand(token.find(), "the page has a token for its logout", page);
        HttpResponse<String> out = send(browser, form(base + "/logout", Map.of("_csrf", token.group(1))));
        demand(
                out.statusCode() == 302 && location(out).startsWith(issuer),
                "the logout leads to Keycloak",
                location(out));
        HttpResponse<String> back = send(browser, get(location(out)));
        demand(
                location(back).startsWith(base + "/login"),
                "and from there back to the login",
                back.statusCode() + location(back));
        demand(status(browser, "/v1/requests") == 401, "the session is over here", "");
        HttpResponse<String> again = follow(browser, base + "/requests");
        demand(FORM.matcher(again.body()).find(), "and at Keycloak, which asks for the password again", again.body());

        HttpClient erin = browser();
        throughKeycloak(erin, base + "/requests", "erin");
        demand(status(erin, "/v1/audit") == 200, "a group of the realm makes an administrator", "");
    }

    private void callByToken() throws Exception {
        HttpClient browser = browser();
        // The client of the realm has no password grant; a token is had by the code, as any application has it.
        String verifier = "a-verifier-of-the-trial-that-is-long-enough-0123456789";
        String challenge = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        String redirect = base + "/login/oauth2/code/drawbridge";
        HttpResponse<String> page = send(
                browser,
                get(issuer
                        + "/protocol/openid-connect/auth?client_id=drawbridge&response_type=code&scope=openid%20email"
                        + "&state=x&code_challenge_method=S256&code_challenge=" + challenge + "&redirect_uri="
                        + URLEncoder.encode(redirect, StandardCharsets.UTF_8)));
        HttpResponse<String> in = submit(browser, page, "bob");
        String code = location(in).replaceFirst(".*[?&]code=([^&]+).*", "$1");
        String bearer = JSON.readTree(send(
                                HttpClient.newHttpClient(),
                                form(
                                        issuer + "/protocol/openid-connect/token",
                                        Map.of(
                                                "grant_type",
                                                "authorization_code",
                                                "client_id",
                                                "drawbridge",
                                                "client_secret",
                                                "drawbridge",
                                                "code",
                                                code,
                                                "code_verifier",
                                                verifier,
                                                "redirect_uri",
                                                redirect)))
                        .body())
                .path("access_token")
                .asText();
        demand(byToken(bearer, "/v1/requests") == 200, "a token opens the API", bearer.isEmpty() ? "no token" : "");
        demand(byToken(bearer, "/engine-rest/task") == 200, "a token opens the engine's API", "");
        int signature = bearer.lastIndexOf('.') + 1;
        demand(
                byToken(bearer.substring(0, signature) + "AAAA" + bearer.substring(signature + 4), "/v1/requests")
                        == 401,
                "a token with another signature opens nothing",
                "");
    }

    private void handIn() throws Exception {
        String bearer = JSON.readTree(send(
                                HttpClient.newHttpClient(),
                                form(
                                        issuer + "/protocol/openid-connect/token",
                                        Map.of(
                                                "grant_type", "client_credentials",
                                                "client_id", "intake",
                                                "client_secret", "intake")))
                        .body())
                .path("access_token")
                .asText();
        HttpResponse<String> handedIn = send(
                HttpClient.newHttpClient(),
                HttpRequest.newBuilder(URI.create(base + "/v1/events/cloudtrail"))
                        .header("Authorization", "Bearer " + bearer)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"Records\":[]}")));
        demand(handedIn.statusCode() == 202, "a service hands in events", handedIn.statusCode() + handedIn.body());
        demand(byToken(bearer, "/v1/requests") == 403, "and has no other part here", "");
    }

    /** Goes where it is led, fills in Keycloak's form, and goes on; the page at which it ends. */
    private String throughKeycloak(HttpClient browser, String from, String person) throws Exception {
        HttpResponse<String> in = submit(browser, follow(browser, from), person);
        return follow(browser, location(in)).uri().toString();
    }

    private HttpResponse<String> submit(HttpClient browser, HttpResponse<String> page, String person) throws Exception {
        Matcher form = FORM.matcher(page.body());
        demand(form.find(), "Keycloak shows its form to " + person, page.statusCode() + " " + page.uri());
        HttpResponse<String> in = send(
                browser, form(form.group(1).replace("&amp;", "&"), Map.of("username", person, "password", person)));
        demand(in.statusCode() == 302, "Keycloak takes the password of " + person, in.statusCode() + in.body());
        return in;
    }

    private static HttpResponse<String> follow(HttpClient browser, String from) throws Exception {
        URI at = URI.create(from);
        for (int i = 0; i < 12; i++) {
            HttpResponse<String> answer = send(browser, get(at.toString()));
            if (answer.statusCode() != 302) {
                return answer;
            }
            at = at.resolve(location(answer));
        }
        throw new IllegalStateException(from + " leads in a circle.");
    }

    private int status(HttpClient browser, String path) throws Exception {
        return send(browser, get(base + path)).statusCode();
    }

    private int byToken(String bearer, String path) throws Exception {
        return send(HttpClient.newHttpClient(), get(base + path).header("Authorization", "Bearer " + bearer))
                .statusCode();
    }

    private static HttpClient browser() {
        return HttpClient.newBuilder().cookieHandler(new LikeABrowser()).build();
    }

    /** Sends cookies that are for TLS alone to this machine's own address as well, as browsers do. */
    private static final class LikeABrowser extends CookieManager {
        LikeABrowser() {
            super(null, CookiePolicy.ACCEPT_ALL);
        }

        @Override
        public void put(URI from, Map<String, List<String>> headers) throws IOException {
            Map<String, List<String>> plain = new LinkedHashMap<>();
            headers.forEach((name, values) -> plain.put(
                    name,
                    "set-cookie".equalsIgnoreCase(name)
                            ? values.stream()
                                    .map(value -> value.replaceAll("(?i);\\s*secure", ""))
                                    .toList()
                            : values));
            super.put(from, plain);
        }
    }

    private static HttpRequest.Builder get(String address) {
        return HttpRequest.newBuilder(URI.create(address))
                .timeout(Duration.ofSeconds(60))
                .header("Accept", "text/html, application/json;q=0.9");
    }

    private static HttpRequest.Builder form(String address, Map<String, String> fields) {
        return get(address)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder call)
            throws IOException, InterruptedException {
        return client.send(call.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String location(HttpResponse<?> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    private static void demand(boolean holds, String what, String found) {
        if (!holds) {
            throw new AssertionError("Not so: " + what + ". " + found);
        }
        said(what);
    }

    private static void said(String what) {
        System.out.println("[Keycloak] " + what);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
