package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.AwsSays;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSource;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.Scopes;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.ActiveProfiles;

/** Synchronizing on demand, and the permission sets, over HTTP. */
@DisplayName("The API of the organization")
@SpringBootTest(
        classes = ApiUnderTest.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:organization-api;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "drawbridge.cloud.type=dry-run"
        })
@ActiveProfiles("demo")
@Import(OrganizationApiTest.Source.class)
@SuppressWarnings("NullAway.Init")
class OrganizationApiTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final String SYNC = "/v1/organization:sync";

    /** What reading the organization comes to, as the test wants it. */
    private static volatile Function<TenantId, OrganizationSnapshot> reading = tenant -> {
        throw new NotConnectedException(tenant);
    };

    @TestConfiguration(proxyBeanMethods = false)
    static class Source {
        @Bean
        @Primary
        OrganizationSource source() {
            return new OrganizationSource() {
                @Override
                public List<TenantId> tenants() {
                    return List.of();
                }

                @Override
                public OrganizationSnapshot read(TenantId tenant) {
                    return reading.apply(tenant);
                }
            };
        }
    }

    @Autowired
    private TestRestTemplate http;

    @Autowired
    private Scopes scopes;

    @Autowired
    private Roster roster;

    @Autowired
    private AuditTrail trail;

    @BeforeEach
    void notConnected() {
        reading = tenant -> {
            throw new NotConnectedException(tenant);
        };
    }

    @Test
    @DisplayName("R55 R70 synchronizes for an administrator, with and without a body, and says what has changed")
    void synchronizes() {
        AwsSays says = aws().unit("ou-fresh", "r-acme").tagged("Fresh");
        reading = tenant -> says.at(ApiUnderTest.NOW);

        ResponseEntity<JsonNode> first = call("erin", HttpMethod.POST, SYNC, null);
        ResponseEntity<JsonNode> second = call("erin", HttpMethod.POST, SYNC, "{\"force\": false}");

        assertThat(first.getStatusCode().value()).isEqualTo(200);
        assertThat(body(first).path("applied").asBoolean()).isTrue();
        assertThat(body(first).path("heldBack")).isEmpty();
        assertThat(body(first).path("counts").path("scope-added").asInt()).isEqualTo(1);
        assertThat(body(first).path("changes").findValuesAsText("change"))
                .contains("scope-added", "permission-set-added");
        assertThat(body(first).path("changes").findValuesAsText("subject")).contains("ou-fresh", "Fresh");
        assertThat(body(second).path("changes")).isEmpty();
        assertThat(trail.of(ACME, "acme"))
                .filteredOn(record -> record.action().equals("organization.synced"))
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.actor()).isEqualTo("erin@acme.example"));
    }

    @Test
    @DisplayName("R56 says what holds it back, and applies it by force")
    void holdsBack() {
        AwsSays other = aws().gone(
                        "r-acme", "ou-workloads", "ou-sandbox", "ou-production", "ou-development", "ou-fresh")
                .root("r-other")
                .moved("111122223333", "r-other")
                .moved("444455556666", "r-other")
                .moved("777788889999", "r-other");
        reading = tenant -> other.at(ApiUnderTest.NOW);

        ResponseEntity<JsonNode> heldBack = call("erin", HttpMethod.POST, SYNC, "{}");

        assertThat(heldBack.getStatusCode().value()).isEqualTo(200);
        assertThat(body(heldBack).path("applied").asBoolean()).isFalse();
        assertThat(body(heldBack).path("heldBack").get(0).path("what").asText()).isEqualTo("root");

        AwsSays before = aws();
        ResponseEntity<JsonNode> forced = call("erin", HttpMethod.POST, SYNC, "{\"force\": true}");
        reading = tenant -> before.at(ApiUnderTest.NOW);
        ResponseEntity<JsonNode> restored = call("erin", HttpMethod.POST, SYNC, "{\"force\": true}");

        assertThat(body(forced).path("applied").asBoolean()).isTrue();
        assertThat(body(restored).path("applied").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "bob", "victor", "oscar", "petra", "intake", "gina@globex.example"})
    @DisplayName("R70 synchronizes for nobody but administrators")
    void synchronizesForAdministratorsOnly(String who) {
        assertThat(call(who, HttpMethod.POST, SYNC, "[broken").getStatusCode().value())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("R70 asks for a login")
    void asksForALogin() {
        assertThat(call(null, HttpMethod.POST, SYNC, "{}").getStatusCode().value())
                .isEqualTo(401);
        assertThat(call(null, HttpMethod.GET, "/v1/permission-sets", null)
                        .getStatusCode()
                        .value())
                .isEqualTo(401);
        assertThat(call(null, HttpMethod.PUT, "/v1/permission-sets/Database", "{}")
                        .getStatusCode()
                        .value())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("R70 says in words when the tenant is not connected, or AWS cannot be read")
    void saysWhatIsWrong() {
        ResponseEntity<JsonNode> notConnected = call("erin", HttpMethod.POST, SYNC, "{}");
        reading = tenant -> {
            throw new OrganizationUnreadableException("AWS did not answer ListRoots with what was asked for: no.");
        };
        ResponseEntity<JsonNode> unreadable = call("erin", HttpMethod.POST, SYNC, "{}");
        ResponseEntity<JsonNode> wrong = call("erin", HttpMethod.POST, SYNC, "{\"force\": \"yes\"}");

        assertThat(notConnected.getStatusCode().value()).isEqualTo(409);
        assertThat(body(notConnected).path("type").asText()).isEqualTo("urn:drawbridge:problem:not-connected");
        assertThat(body(notConnected).path("detail").asText()).contains("drawbridge.aws.tenants.acme");
        assertThat(unreadable.getStatusCode().value()).isEqualTo(502);
        assertThat(body(unreadable).path("type").asText()).isEqualTo("urn:drawbridge:problem:organization-unreadable");
        assertThat(body(unreadable).path("detail").asText()).contains("ListRoots");
        assertThat(wrong.getStatusCode().value()).isEqualTo(422);
    }

    @Test
    @DisplayName(
            "R57 shows the permission sets to people of the tenant, and lets administrators say what becomes of sessions")
    void showsPermissionSets() {
        AwsSays says = aws().tagged("Database");
        reading = tenant -> says.at(ApiUnderTest.NOW);
        call("erin", HttpMethod.POST, SYNC, null);

        JsonNode shown = body(call("alice", HttpMethod.GET, "/v1/permission-sets", null));
        ResponseEntity<JsonNode> changed =
                call("erin", HttpMethod.PUT, "/v1/permission-sets/Database", "{\"closesSessions\": true}");

        assertThat(shown.path("items")).hasSize(1);
        assertThat(shown.path("items").get(0).path("name").asText()).isEqualTo("Database");
        assertThat(shown.path("items").get(0).path("sessionDuration").asText()).isEqualTo("PT4H");
        assertThat(shown.path("items").get(0).path("description").asText()).isEqualTo("For Database.");
        assertThat(changed.getStatusCode().value()).isEqualTo(200);
        assertThat(body(changed).path("closesSessions").asBoolean()).isTrue();
        assertThat(trail.of(ACME, "Database"))
                .extracting(AuditTrail.AuditRecord::action)
                .contains("permission_set.changed");
        assertThat(body(call("gina@globex.example", HttpMethod.GET, "/v1/permission-sets", null))
                        .path("items"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    intake              | GET | /v1/permission-sets          |                        | 403
                    alice               | PUT | /v1/permission-sets/Database | {"closesSessions": true} | 403
                    alice               | PUT | /v1/permission-sets/Unknown  | {"closesSessions": true} | 404
                    gina@globex.example | PUT | /v1/permission-sets/Database | {"closesSessions": true} | 404
                    erin                | PUT | /v1/permission-sets/Unknown  | [broken                | 404
                    erin                | PUT | /v1/permission-sets/no%20set | {"closesSessions": true} | 404
                    erin                | PUT | /v1/permission-sets/Database | {}                     | 422
                    erin                | PUT | /v1/permission-sets/Database | {"closesSessions": 1}  | 422
                    """)
    @DisplayName("R70 refuses in the order sign-in, sight, role, input")
    void refusesInOrder(String who, String method, String path, @Nullable String body, int status) {
        AwsSays says = aws().tagged("Database");
        reading = tenant -> says.at(ApiUnderTest.NOW);
        call("erin", HttpMethod.POST, SYNC, null);

        assertThat(call(who, HttpMethod.valueOf(method), path, body)
                        .getStatusCode()
                        .value())
                .isEqualTo(status);
    }

    @Test
    @DisplayName(
            "R17 shows which account no service control policy binds, and refuses a control there that would need one")
    void showsTheManagementAccount() {
        AwsSays before = aws();
        AwsSays says = aws().management("777788889999").suspended("444455556666");
        reading = tenant -> says.at(ApiUnderTest.NOW);
        call("erin", HttpMethod.POST, SYNC, null);

        JsonNode tree = body(call("alice", HttpMethod.GET, "/v1/scopes", null));
        ResponseEntity<JsonNode> refused =
                call("erin", HttpMethod.PUT, "/v1/scopes/777788889999/controls/s3", "{\"control\": \"protected\"}");

        assertThat(scope(tree, "777788889999").path("bound").asBoolean(true)).isFalse();
        assertThat(scope(tree, "111122223333").path("bound").asBoolean(false)).isTrue();
        assertThat(scope(tree, "444455556666").path("closed").asBoolean(false)).isTrue();
        assertThat(refused.getStatusCode().value()).isEqualTo(422);
        assertThat(body(refused).path("errors").findValuesAsText("field")).containsExactly("way");
        assertThat(body(refused).path("detail").asText()).contains("management account");
        reading = tenant -> before.at(ApiUnderTest.NOW);
        call("erin", HttpMethod.POST, SYNC, null);
    }

    private static JsonNode scope(JsonNode tree, String id) {
        return tree.findParents("id").stream()
                .filter(scope -> scope.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private AwsSays aws() {
        return AwsSays.asKnown(ACME, scopes.of(ACME), roster.everybody(ACME));
    }

    private static JsonNode body(ResponseEntity<JsonNode> answer) {
        return Objects.requireNonNull(answer.getBody());
    }

    private ResponseEntity<JsonNode> call(@Nullable String who, HttpMethod method, String path, @Nullable String body) {
        HttpHeaders headers = new HttpHeaders();
        if (body != null) {
            headers.setContentType(MediaType.APPLICATION_JSON);
        }
        if (who != null) {
            headers.setBasicAuth(who, who.contains("@") ? who.substring(0, who.indexOf('@')) : who);
        }
        return http.exchange(java.net.URI.create(path), method, new HttpEntity<>(body, headers), JsonNode.class);
    }
}
