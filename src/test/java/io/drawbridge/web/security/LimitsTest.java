package io.drawbridge.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.StandingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

@DisplayName("Limits")
class LimitsTest {
    private static final int FAILED = 3;
    private static final int LOGINS = 5;
    private static final int WRITES = 4;
    private static final int EVENTS = 6;
    private static final String HERE = "192.0.2.1";
    private static final String THERE = "192.0.2.2";

    private final StandingClock clock = new StandingClock(Instant.parse("2026-01-15T09:00:00Z"));
    private final Limits limits = new Limits(new LimitProperties(FAILED, LOGINS, WRITES, EVENTS), clock);

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    @DisplayName(
            "R70 after too many wrong passwords an address waits, whatever name it tries, and no other address does")
    void limitsPasswords() throws Exception {
        for (int i = 0; i < FAILED; i++) {
            assertThat(login(HERE).getStatus()).isEqualTo(200);
            limits.failed(form(HERE));
        }

        MockHttpServletResponse refused = login(HERE);
        assertThat(refused.getStatus()).isEqualTo(429);
        assertThat(refused.getContentType()).isEqualTo("application/problem+json");
        assertThat(refused.getHeader("Retry-After")).isEqualTo("100");
        assertThat(basic(HERE).getStatus()).isEqualTo(429);
        assertThat(pass(limits.beforePasswords(), request("POST", "/%6Cogin", HERE))
                        .getStatus())
                .as("a login of another spelling")
                .isEqualTo(429);
        assertThat(login(THERE).getStatus()).isEqualTo(200);

        clock.moveBy(Duration.ofSeconds(99));
        assertThat(login(HERE).getStatus()).isEqualTo(429);
        clock.moveBy(Duration.ofSeconds(1));
        assertThat(login(HERE).getStatus()).isEqualTo(200);
    }

    @Test
    @DisplayName(
            "R70 who has the right password is not counted, and who sends a token is not held up by others' passwords")
    void countsFailuresOnly() throws Exception {
        for (int i = 0; i < 10 * FAILED; i++) {
            assertThat(login(HERE).getStatus()).isEqualTo(200);
        }
        for (int i = 0; i < FAILED; i++) {
            limits.failed(form(HERE));
        }
        MockHttpServletRequest byToken = request("GET", "/v1/requests", HERE);
        byToken.addHeader("Authorization", "Bearer x");

        assertThat(pass(limits.beforePasswords(), byToken).getStatus()).isEqualTo(200);
    }

    @Test
    @DisplayName("R70 logins at the issuer are limited by address")
    void limitsLoginsAtTheIssuer() throws Exception {
        for (int i = 0; i < LOGINS; i++) {
            assertThat(pass(limits.beforePasswords(), request("GET", "/login/oauth2/code/drawbridge", HERE))
                            .getStatus())
                    .isEqualTo(200);
        }

        assertThat(pass(limits.beforePasswords(), request("GET", "/oauth2/authorization/drawbridge", HERE))
                        .getStatus())
                .isEqualTo(429);
        assertThat(pass(limits.beforePasswords(), request("GET", "/requests", HERE))
                        .getStatus())
                .isEqualTo(200);
    }

    @Test
    @DisplayName(
            "R70 writes are limited for each caller by himself, reading is not, and events have a limit of their own")
    void limitsWrites() throws Exception {
        for (int i = 0; i < WRITES; i++) {
            assertThat(write("alice", "/v1/requests").getStatus()).isEqualTo(200);
        }

        assertThat(write("alice", "/v1/requests").getStatus()).isEqualTo(429);
        assertThat(write("alice", "/engine-rest/task").getHeader("Retry-After")).isEqualTo("15");
        assertThat(write("mallory", "/v1/requests").getStatus()).isEqualTo(200);
        for (int i = 0; i < EVENTS; i++) {
            assertThat(write("alice", "/v1/events/cloudtrail").getStatus()).isEqualTo(200);
        }
        assertThat(write("alice", "/v1/events/cloudtrail").getStatus()).isEqualTo(429);
        signIn("alice");
        assertThat(pass(limits.beforeWrites(), request("GET", "/v1/requests", HERE))
                        .getStatus())
                .isEqualTo(200);

        clock.moveBy(Duration.ofSeconds(15));
        assertThat(write("alice", "/v1/requests").getStatus()).isEqualTo(200);
    }

    @Test
    @DisplayName("limits that let nothing through, or everything, stop the start with their key")
    void refusesNonsense() {
        for (int nonsense : List.of(0, -1, Integer.MAX_VALUE)) {
            assertThatThrownBy(() -> new LimitProperties(nonsense, LOGINS, WRITES, EVENTS))
                    .hasMessageContaining("drawbridge.limits.failed-logins");
        }
    }

    private MockHttpServletResponse login(String address) throws Exception {
        return pass(limits.beforePasswords(), form(address));
    }

    private MockHttpServletResponse basic(String address) throws Exception {
        MockHttpServletRequest request = request("GET", "/v1/requests", address);
        request.addHeader("Authorization", "Basic eDp4");
        return pass(limits.beforePasswords(), request);
    }

    private MockHttpServletResponse write(String person, String path) throws Exception {
        signIn(person);
        return pass(limits.beforeWrites(), request("POST", path, HERE));
    }

    private static void signIn(String person) {
        SecurityContextHolder.getContext()
                .setAuthentication(UsernamePasswordAuthenticationToken.authenticated(person, "", List.of()));
    }

    private static MockHttpServletRequest form(String address) {
        return request("POST", "/login", address);
    }

    private static MockHttpServletRequest request(String method, String path, String address) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        request.setRemoteAddr(address);
        return request;
    }

    private static MockHttpServletResponse pass(OncePerRequestFilter filter, MockHttpServletRequest request)
            throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        filter.doFilter(request, response, new MockFilterChain());
        return response;
    }
}
