package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;

@SpringBootTest(
        classes = ApiUnderTest.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:api;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "drawbridge.cloud.type=dry-run",
            "management.endpoints.web.exposure.include=health,metrics"
        })
@ActiveProfiles("demo")
class BrowserSessionTest {
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @LocalServerPort
    private int port;

    @Test
    void leadsALinkFromAMailThroughTheLoginToItsRequest() throws Exception {
        HttpResponse<String> link = get("/requests/4711");

        HttpResponse<String> login = post("/login", "username=alice&password=alice&_csrf=" + token());

        assertThat(link.statusCode()).isEqualTo(302);
        assertThat(link.headers().firstValue("Location")).hasValue("/login");
        assertThat(login.statusCode()).isEqualTo(302);
        assertThat(login.headers().firstValue("Location")).hasValue("/requests/4711");
        assertThat(get("/requests/4711").statusCode()).isEqualTo(200);
    }

    @Test
    void doesNotTellAWrongPasswordFromAnUnknownName() throws Exception {
        HttpResponse<String> wrong = post("/login", "username=alice&password=bob&_csrf=" + token());
        HttpResponse<String> unknown = post("/login", "username=nobody&password=bob&_csrf=" + token());

        assertThat(wrong.statusCode()).isEqualTo(302);
        assertThat(wrong.headers().firstValue("Location"))
                .isEqualTo(unknown.headers().firstValue("Location"))
                .hasValueSatisfying(at -> assertThat(at).endsWith("/login?error"));
    }

    @Test
    void wantsTheTokenOfTheSessionForWhateverChangesSomething() throws Exception {
        String before = session(get("/login"));
        HttpResponse<String> login = post("/login", "username=erin&password=erin&_csrf=" + token());
        String token = get("/requests/1").body();

        HttpResponse<String> bare = send(json("/v1/requests:preview").method("POST", empty()));
        HttpResponse<String> shown =
                send(json("/v1/requests:preview").header("X-CSRF-TOKEN", token).method("POST", empty()));

        assertThat(session(login)).contains("HttpOnly").contains("SameSite=Lax").isNotEqualTo(before);
        assertThat(get("/v1/requests").statusCode()).isEqualTo(200);
        assertThat(bare.statusCode()).isEqualTo(403);
        assertThat(bare.body()).contains("urn:drawbridge:problem:csrf-token-missing");
        assertThat(shown.statusCode()).isEqualTo(422);
    }

    @Test
    void wantsATokenWhereABrowserSendsAKeptPasswordFromElsewhere() throws Exception {
        HttpRequest.Builder call = json("/v1/requests:preview")
                .header("Authorization", "Basic YWxpY2U6YWxpY2U=")
                .header("Sec-Fetch-Site", "cross-site");

        assertThat(send(call.method("POST", empty())).statusCode()).isEqualTo(403);
    }

    @Test
    void signsOutForDrawbridgeAndCamundaAlike() throws Exception {
        post("/login", "username=alice&password=alice&_csrf=" + token());
        assertThat(get("/camunda/app/tasklist").statusCode()).isEqualTo(200);

        HttpResponse<String> out = post("/camunda/api/admin/auth/user/default/logout", "");

        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(get("/requests/1").statusCode()).isEqualTo(302);
        assertThat(get("/camunda/app/tasklist").statusCode()).isEqualTo(302);
        assertThat(get("/camunda/api/engine").statusCode()).isEqualTo(401);
    }

    @Test
    void letsOurOwnPagesLoadNothingFromElsewhere() throws Exception {
        assertThat(get("/login").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).startsWith("default-src 'self'").doesNotContain("unsafe"));
        assertThat(get("/camunda/app/tasklist").headers().firstValue("Content-Security-Policy"))
                .isEmpty();
    }

    private String token() throws Exception {
        return URLEncoder.encode(get("/login").body(), StandardCharsets.UTF_8);
    }

    private static String session(HttpResponse<String> answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("JSESSIONID"))
                .findFirst()
                .orElse("");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(at(path)).header("Accept", "text/html, application/json"));
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        return send(HttpRequest.newBuilder(at(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private HttpRequest.Builder json(String path) {
        return HttpRequest.newBuilder(at(path)).header("Content-Type", "application/json");
    }

    private static HttpRequest.BodyPublisher empty() {
        return HttpRequest.BodyPublishers.ofString("{}");
    }

    private HttpResponse<String> send(HttpRequest.Builder call) throws Exception {
        return browser.send(call.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
