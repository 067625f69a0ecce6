package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;

/** What production adds, with the settings of production and the logins of the demo. */
@SpringBootTest(
        classes = ApiUnderTest.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:hardened;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "spring.config.import=classpath:application-production.yml",
            "drawbridge.base-url=https://drawbridge.example.org",
            "drawbridge.cloud.type=dry-run",
            "drawbridge.limits.failed-logins=3"
        })
@ActiveProfiles("demo")
@DisplayName("In production")
class HardeningTest {
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @LocalServerPort
    private int port;

    @Test
    @DisplayName("R70 the session's cookie is for this host alone, by TLS alone, and no script or foreign page gets it")
    void protectsTheCookie() throws Exception {
        String cookie = get("/login").headers().firstValue("Set-Cookie").orElse("");

        assertThat(cookie)
                .startsWith("__Host-drawbridge=")
                .contains("Secure")
                .contains("HttpOnly")
                .contains("SameSite=Lax")
                .contains("Path=/")
                .doesNotContain("Domain");
    }

    @Test
    @DisplayName("R70 browsers are told to come by TLS only, at every door, also from behind a proxy")
    void tellsBrowsersToUseTls() throws Exception {
        for (String path :
                List.of("/login", "/v1/requests", "/camunda/app/tasklist", "/engine-rest/task", "/actuator/health")) {
            assertThat(get(path).headers().firstValue("Strict-Transport-Security"))
                    .as(path)
                    .hasValueSatisfying(value -> assertThat(value).startsWith("max-age=31536000"));
        }
    }

    @Test
    @DisplayName("R70 our own pages run no script and no style but our own, and stand in no frame of others")
    void keepsForeignContentOut() throws Exception {
        HttpResponse<String> page = get("/login");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(page.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    }

    @Test
    @DisplayName(
            "R70 a name that nobody has and a wrong password are refused alike, and together no more often than is allowed")
    void limitsTries() throws Exception {
        HttpResponse<String> unknown = basic("nobody", "x");
        HttpResponse<String> wrong = basic("alice", "x");
        basic("bob", "x");
        HttpResponse<String> tooMany = basic("alice", "alice");

        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
        assertThat(tooMany.body()).contains("urn:drawbridge:problem:too-many-calls");
    }

    @Test
    @DisplayName("R70 no host that a caller names is repeated in a redirect")
    void repeatsNoHost() throws Exception {
        for (String path :
                List.of("//evil.example/", "/requests?x=//evil.example", "/login?continue=https://evil.example")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.headers().firstValue("Location").orElse("/"))
                    .as(path)
                    .startsWith("/")
                    .doesNotStartWith("//")
                    .doesNotContain("evil");
        }
    }

    private HttpResponse<String> basic(String name, String password) throws Exception {
        String credentials =
                java.util.Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return send(request("/v1/requests").header("Authorization", "Basic " + credentials));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", "text/html, application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder call) throws Exception {
        return http.send(call.build(), HttpResponse.BodyHandlers.ofString());
    }
}
