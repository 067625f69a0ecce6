package io.drawbridge.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWSAlgorithm;
import io.drawbridge.identity.ApiKeyDesk;
import io.drawbridge.identity.ArrivalDesk;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.TenantId;
import io.drawbridge.stage.Cast;
import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.camunda.bpm.BpmPlatform;
import org.camunda.bpm.container.RuntimeContainerDelegate;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Signing in at an OIDC issuer, in a browser and by token, with the whole application and an issuer of the test's own. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "server.address=127.0.0.1",
            "spring.datasource.url=jdbc:h2:mem:issuer;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "drawbridge.sign-in.client-id=" + MockIssuer.CLIENT,
            "drawbridge.sign-in.client-secret=" + MockIssuer.SECRET,
            "drawbridge.sign-in.audience=" + MockIssuer.AUDIENCE,
            "drawbridge.tenants.hooli=Hooli",
            "drawbridge.tenants.acme=Another name",
            "drawbridge.sign-in.roles.platform-administrators=ADMINISTRATOR",
            "drawbridge.sign-in.service-roles.hands-in=INTAKE",
            "drawbridge.sign-in.service-roles.watches=OPERATIONS"
        })
@ActiveProfiles("at-an-issuer")
@Import(SignInAtIssuerTest.OnOurClock.class)
@DisplayName("Signing in at an issuer")
@SuppressWarnings("NullAway.Init")
class SignInAtIssuerTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*?value=\"([^\"]+)\"");
    private static final SettableClock CLOCK = new SettableClock();
    private static final MockIssuer ISSUER = new MockIssuer(CLOCK);
    private static final int PORT = freePort();
    private static final String ALICE = Cast.ALICE.value();

    @Autowired
    private JdbcClient database;

    @Autowired
    private People people;

    @Autowired
    private ArrivalDesk arrivals;

    @Autowired
    private AuditTrail trail;

    @Autowired
    private ApiKeyDesk keys;

    @Autowired
    private ProcessEngine engine;

    /** Runs by itself, and can be set forward. */
    private static final class SettableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void forward(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Imported, and not annotated: other tests scan this package. */
    static class OnOurClock {
        @Bean
        @Primary
        Clock settableClock() {
            return CLOCK;
        }
    }

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry properties) {
        properties.add("server.port", () -> PORT);
        properties.add("drawbridge.base-url", () -> "http://127.0.0.1:" + PORT);
        properties.add("drawbridge.sign-in.issuer", ISSUER::address);
    }

    @AfterAll
    static void closeTheIssuer() {
        ISSUER.close();
    }

    @BeforeEach
    void putThisEngineInPlace() {
        ISSUER.user = Map.of("email", ALICE);
        ISSUER.refreshes = true;
        ISSUER.otherNonce = null;
        ISSUER.logouts.clear();
        ProcessEngine registered = BpmPlatform.getDefaultProcessEngine();
        if (registered != engine) {
            RuntimeContainerDelegate containers = RuntimeContainerDelegate.INSTANCE.get();
            if (registered != null) {
                containers.unregisterProcessEngine(registered);
            }
            containers.registerProcessEngine(engine);
            ProcessEngines.registerProcessEngine(engine);
        }
    }

    // By token

    @Test
    @DisplayName("R70 a token of the issuer opens the API and the engine's API to the person whom it names")
    void opensByToken() {
        String token = ISSUER.sign(ISSUER.claims(ALICE));

        assertThat(get(token, "/v1/requests").statusCode()).isEqualTo(200);
        assertThat(get(token, "/engine-rest/task").statusCode()).isEqualTo(200);
        assertThat(get(token, "/v1/audit").statusCode()).isEqualTo(403);
        HttpResponse<String> asked = send(
                HttpClient.newHttpClient(),
                call("POST", "/v1/requests")
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"account\":\"111122223333\",\"permission\":\"s3:DeleteBucket\",\"duration\":\"PT1H\",\"justification\":\"Old.\"}")));
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(201);
        assertThat(json(asked).path("requester").asText()).isEqualTo(ALICE);
    }

    @Test
    @DisplayName("R70 an access token as RFC 9068 types it, and one signed by PS256, are taken alike")
    void takesTypedTokens() {
        assertThat(get(ISSUER.sign(ISSUER.claims(ALICE), JWSAlgorithm.RS256, "at+jwt"), "/v1/requests")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(ISSUER.sign(ISSUER.claims(ALICE), JWSAlgorithm.PS256, "JWT"), "/v1/requests")
                        .statusCode())
                .isEqualTo(200);
    }

    static Stream<Arguments> badTokens() {
        return Stream.of(
                bad(
                        "expired 31 s ago",
                        (issuer, claims) -> issuer.sign(with(with(claims, "iat", before(300)), "exp", before(31)))),
                bad("without an end", (issuer, claims) -> issuer.sign(without(claims, "exp"))),
                bad("without a beginning", (issuer, claims) -> issuer.sign(without(claims, "iat"))),
                bad("issued tomorrow", (issuer, claims) -> issuer.sign(with(claims, "iat", before(-86400)))),
                bad("not valid yet", (issuer, claims) -> issuer.sign(with(claims, "nbf", before(-120)))),
                bad("for another audience", (issuer, claims) -> issuer.sign(with(claims, "aud", "another"))),
                bad("without audience", (issuer, claims) -> issuer.sign(without(claims, "aud"))),
                bad(
                        "of another issuer",
                        (issuer, claims) -> issuer.sign(with(claims, "iss", "https://issuer.example.org"))),
                bad("without issuer", (issuer, claims) -> issuer.sign(without(claims, "iss"))),
                bad("without signature (none)", MockIssuer::unsigned),
                bad("by HS256 with the public key", MockIssuer::signWithThePublicKey),
                bad("by another key under a known id", MockIssuer::signByAnotherKey),
                bad(
                        "by an algorithm that is not allowed",
                        (issuer, claims) -> issuer.sign(claims, JWSAlgorithm.RS512, "JWT")),
                bad(
                        "typed as a logout token",
                        (issuer, claims) -> issuer.sign(claims, JWSAlgorithm.RS256, "logout+jwt")),
                bad("that is an ID token", (issuer, claims) -> issuer.sign(with(claims, "nonce", "n"))),
                bad("that Keycloak types as ID token", (issuer, claims) -> issuer.sign(with(claims, "typ", "ID"))),
                bad("with the hash of an access token", (issuer, claims) -> issuer.sign(with(claims, "at_hash", "h"))),
                bad("with the hash of a code", (issuer, claims) -> issuer.sign(with(claims, "c_hash", "h"))),
                bad("without e-mail", (issuer, claims) -> issuer.sign(without(claims, "email"))),
                bad(
                        "with an e-mail that is not verified",
                        (issuer, claims) -> issuer.sign(with(claims, "email_verified", false))),
                bad(
                        "of which nobody says that the e-mail is verified",
                        (issuer, claims) -> issuer.sign(without(claims, "email_verified"))),
                bad(
                        "whose groups are too many to stand in it",
                        (issuer, claims) -> issuer.sign(with(claims, "_claim_names", Map.of("groups", "src1")))),
                bad(
                        "that says of its groups only that there are some",
                        (issuer, claims) -> issuer.sign(with(claims, "hasgroups", true))),
                bad("without groups", (issuer, claims) -> issuer.sign(without(claims, "groups"))),
                bad("whose groups are no list", (issuer, claims) -> issuer.sign(with(claims, "groups", Map.of()))),
                bad("changed after it was signed", (issuer, claims) -> issuer.sign(claims)
                        .replaceFirst("\\.", ".e30")),
                bad("that is none", (issuer, claims) -> "not.a.token"));
    }

    @ParameterizedTest(name = "a token {0}")
    @MethodSource("badTokens")
    @DisplayName("R70 opens nothing by")
    void refusesBadTokens(String how, BiFunction<MockIssuer, Map<String, Object>, String> make) {
        String token = make.apply(ISSUER, ISSUER.claims(ALICE));

        for (String path : List.of("/v1/requests", "/engine-rest/task", "/actuator/metrics")) {
            HttpResponse<String> refused = get(token, path);
            assertThat(refused.statusCode()).as(how + " at " + path).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Bearer")
                    .contains("invalid_token");
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }

    @Test
    @DisplayName("R70 a token is taken until 30 s after its end, as far as clocks may differ, and not a second longer")
    void endsWithTheToken() {
        Map<String, Object> claims = with(ISSUER.claims(ALICE), "iat", before(300));

        assertThat(get(ISSUER.sign(with(claims, "exp", before(28))), "/v1/requests")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(ISSUER.sign(with(claims, "exp", before(31))), "/v1/requests")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("R70 a new key of the issuer is taken at once, and what an old one has signed no more")
    void followsKeys() {
        String old = ISSUER.sign(ISSUER.claims(ALICE));
        assertThat(get(old, "/v1/requests").statusCode()).isEqualTo(200);

        ISSUER.rotate();

        assertThat(get(ISSUER.sign(ISSUER.claims(ALICE)), "/v1/requests").statusCode())
                .isEqualTo(200);
        assertThat(get(old, "/v1/requests").statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("R70 a token without a tenant, or with one that is not here, opens nothing to a person that we know")
    void refusesWithoutTenant() {
        for (Map<String, Object> claims : List.of(
                without(ISSUER.claims(ALICE), "tenant"),
                with(ISSUER.claims(ALICE), "tenant", ""),
                with(ISSUER.claims(ALICE), "tenant", "initech"),
                with(ISSUER.claims(ALICE), "tenant", "globex"))) {
            assertThat(get(ISSUER.sign(claims), "/v1/requests").statusCode()).isEqualTo(403);
            assertThat(get(ISSUER.sign(claims), "/engine-rest/task").statusCode())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest(name = "{0}, with the header \"{1}\": {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "acme, -, 200",
                "acme, acme, 200",
                "acme, globex, 403",
                "acme globex, -, 400",
                "acme globex, acme, 200",
                // alice is nobody in globex, whatever the issuer says
                "acme globex, globex, 403",
                "acme globex, initech, 403",
                "acme initech, -, 200"
            })
    @DisplayName("R70 the tenant of a call is one of the token's, and named where there are several:")
    void choosesTheTenant(String tenants, @Nullable String header, int expected) {
        String token = ISSUER.sign(with(ISSUER.claims(ALICE), "tenant", List.of(tenants.split(" "))));

        for (String path : List.of("/v1/requests", "/engine-rest/task")) {
            HttpRequest.Builder call = call("GET", path).header("Authorization", "Bearer " + token);
            if (header != null) {
                call.header("X-Tenant-ID", header);
            }
            assertThat(send(HttpClient.newHttpClient(), call).statusCode())
                    .as(path)
                    .isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("R70 a person whom nobody knows is turned away, with no word on whether another tenant knows him")
    void refusesUnknownPeople() {
        HttpResponse<String> stranger = get(ISSUER.sign(ISSUER.claims("nora@acme.example")), "/v1/requests");
        HttpResponse<String> ofGlobex = get(ISSUER.sign(ISSUER.claims(Cast.GINA.value())), "/v1/requests");

        assertThat(stranger.statusCode()).isEqualTo(403);
        assertThat(stranger.body()).contains("ask your administrator");
        assertThat(ofGlobex.statusCode()).isEqualTo(403);
        assertThat(ofGlobex.body()).isEqualTo(stranger.body());
        assertThat(people.find(new PersonId("nora@acme.example"))).isEmpty();
    }

    @Test
    @DisplayName("R70 a person whom nobody knows becomes a requester where that is wanted, once, and on record")
    void addsPeopleWhereWanted() {
        Admission admission = new Admission(people, arrivals, withNewPeople());
        SignInClaims claims = claimsOf("nick@acme.example", Set.of(Cast.ACME));

        Person nick = admission.admit(claims, null);

        assertThat(nick.tenant()).isEqualTo(Cast.ACME);
        assertThat(nick.roles()).containsExactly(Role.REQUESTER);
        assertThat(admission.admit(claims, null).id()).isEqualTo(nick.id());
        assertThat(trail.of(Cast.ACME, "nick@acme.example"))
                .filteredOn(record -> record.action().equals("person.added"))
                .hasSize(1);
        assertThatThrownBy(() -> admission.admit(claimsOf("nina@acme.example", Set.of(Cast.ACME, Cast.GLOBEX)), null))
                .isInstanceOf(NotAdmittedException.class);
        assertThatThrownBy(() -> admission.admit(claimsOf(Cast.GINA.value(), Set.of(Cast.ACME)), null))
                .isInstanceOf(NotAdmittedException.class);
    }

    @Test
    @DisplayName("R70 who has got another person's name at the issuer is refused, on record, until that is cleared")
    void keepsTheFirstLogin() {
        String carol = Cast.CAROL.value();
        Map<String, Object> others = with(with(ISSUER.claims(carol), "sub", "another"), "groups", List.of("thieves"));
        assertThat(get(ISSUER.sign(ISSUER.claims(carol)), "/v1/requests").statusCode())
                .isEqualTo(200);

        HttpResponse<String> refused = get(ISSUER.sign(others), "/v1/requests");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Somebody else has signed in under your name");
        assertThat(groups(carol)).doesNotContain("thieves");
        assertThat(trail.of(Cast.ACME, carol))
                .filteredOn(record -> record.action().equals("sign-in.refused"))
                .singleElement()
                .satisfies(record -> assertThat(record.details()).contains("another", "subject of " + carol));
        ISSUER.user = Map.of("email", carol, "sub", "another");
        Browser browser = new Browser();
        HttpResponse<String> back = browser.through("/requests");
        assertThat(location(back)).isEqualTo("/login?refused=other-login");
        assertThat(browser.get(location(back)).body()).contains("Somebody else has signed in under your name");
        assertThat(get(ISSUER.sign(ISSUER.claims(carol)), "/v1/requests").statusCode())
                .isEqualTo(200);

        database.sql("update person set subject = null where id = ?")
                .param(carol)
                .update();
        others.put("groups", List.of("approvers"));
        assertThat(get(ISSUER.sign(others), "/v1/requests").statusCode()).isEqualTo(200);
        assertThat(get(ISSUER.sign(ISSUER.claims(carol)), "/v1/requests").statusCode())
                .isEqualTo(403);
    }

    @Test
    @DisplayName(
            "R42 the groups that a token names replace those known before, and an older token does not bring them back")
    void keepsGroups() {
        String bob = Cast.BOB.value();
        String older = ISSUER.sign(with(
                with(ISSUER.claims(bob), "iat", before(60)),
                "groups",
                List.of("approvers", "platform-administrators")));
        String newer = ISSUER.sign(with(ISSUER.claims(bob), "groups", List.of("approvers", "on-call")));

        assertThat(get(older, "/v1/owners").statusCode()).isEqualTo(200);
        assertThat(groups(bob)).containsExactlyInAnyOrder("approvers", "platform-administrators");

        assertThat(get(newer, "/v1/owners").statusCode()).isEqualTo(403);
        assertThat(groups(bob)).containsExactlyInAnyOrder("approvers", "on-call");

        assertThat(get(older, "/v1/owners").statusCode()).isEqualTo(403);
        assertThat(groups(bob)).containsExactlyInAnyOrder("approvers", "on-call");
        String unsaid = ISSUER.sign(without(with(ISSUER.claims(bob), "iat", before(-1)), "groups"));
        assertThat(get(unsaid, "/v1/requests").statusCode()).isEqualTo(401);
        assertThat(groups(bob)).containsExactlyInAnyOrder("approvers", "on-call");
        assertThat(trail.of(Cast.ACME, bob)).anyMatch(record -> record.action().equals("person.groups-changed"));
    }

    @Test
    @DisplayName(
            "R42 a role of our own tables that is taken away is gone at the next call, with the same token and session")
    void takesRolesAwayAtOnce() {
        String token = ISSUER.sign(ISSUER.claims(Cast.OSCAR.value()));
        ISSUER.user = Map.of("email", Cast.OSCAR.value());
        Browser browser = new Browser();
        browser.signIn("/requests");
        assertThat(get(token, "/actuator/metrics").statusCode()).isEqualTo(200);
        assertThat(browser.get("/actuator/metrics").statusCode()).isEqualTo(200);
        assertThat(get(token, "/actuator/health").body()).contains("components");
        assertThat(browser.get("/actuator/health").body()).contains("components");

        database.sql("delete from person_role where person_id = ? and role = 'OPERATIONS'")
                .param(Cast.OSCAR.value())
                .update();

        try {
            assertThat(get(token, "/actuator/metrics").statusCode()).isEqualTo(403);
            assertThat(browser.get("/actuator/metrics").statusCode()).isEqualTo(403);
            assertThat(get(token, "/actuator/health").body()).doesNotContain("components");
            assertThat(browser.get("/actuator/health").body()).doesNotContain("components");
        } finally {
            database.sql("insert into person_role (person_id, role) values (?, 'OPERATIONS')")
                    .param(Cast.OSCAR.value())
                    .update();
        }
    }

    @Test
    @DisplayName(
            "R70 tenants that the configuration names are there after the start, and none is changed or taken away")
    void addsConfiguredTenants() {
        assertThat(people.tenants()).contains(new TenantId("hooli"), Cast.ACME, Cast.GLOBEX);
        assertThat(database.sql("select name from tenant where id = 'acme'")
                        .query(String.class)
                        .single())
                .isEqualTo("Acme");
        assertThatThrownBy(() -> new ConfiguredTenants.Properties(Map.of("No Tenant", "x")))
                .hasMessageContaining("drawbridge.tenants.No Tenant");
    }

    // Services

    @Test
    @DisplayName("R19 a service hands in events by the roles of its token, and has no other part here")
    void letsServicesHandIn() {
        String service = ISSUER.sign(service("hands-in"));

        assertThat(handIn(service).statusCode()).isEqualTo(202);
        assertThat(get(service, "/v1/requests").statusCode()).isEqualTo(403);
        assertThat(get(service, "/engine-rest/task").statusCode()).isEqualTo(403);
        assertThat(get(service, "/requests").statusCode()).isEqualTo(302);
        assertThat(handIn(ISSUER.sign(service("unknown-word"))).statusCode()).isEqualTo(403);
        assertThat(handIn(ISSUER.sign(without(service("hands-in"), "tenant"))).statusCode())
                .isEqualTo(403);
    }

    @Test
    @DisplayName("R70 a service that watches reads metrics and health, and the engine stays closed to it")
    void letsServicesWatch() {
        String service = ISSUER.sign(service("watches"));

        assertThat(get(service, "/actuator/metrics").statusCode()).isEqualTo(200);
        assertThat(get(service, "/actuator/health").body()).contains("components");
        assertThat(get(service, "/engine-rest/task").statusCode()).isEqualTo(403);
        assertThat(handIn(service).statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("R19 a service of several tenants names the one that each call is for")
    void letsServicesChooseTheTenant() {
        Map<String, Object> claims = service("hands-in");
        claims.put("tenant", List.of("acme", "globex"));
        String service = ISSUER.sign(claims);

        assertThat(handIn(service).statusCode()).isEqualTo(400);
        assertThat(handIn(service, "globex").statusCode()).isEqualTo(202);
        assertThat(handIn(service, "initech").statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("R24 no service becomes an administrator, by token or by key")
    void makesNoServiceAnAdministrator() {
        assertThatThrownBy(() -> properties(false, Map.of("root", Role.ADMINISTRATOR)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("service-roles");
        assertThatThrownBy(() -> keys.make(
                        erin(),
                        "everything",
                        Set.of(Role.ADMINISTRATOR),
                        CLOCK.instant().plusSeconds(60)))
                .hasMessageContaining("roles");
    }

    @Test
    @DisplayName("R19 an API key opens what it is for until it ends or is revoked, and its secret is kept nowhere")
    void opensByKey() {
        ApiKeyDesk.Made made = keys.make(
                erin(), "The forwarder", Set.of(Role.INTAKE), CLOCK.instant().plus(1, ChronoUnit.HOURS));
        ApiKeyDesk.Made brief = keys.make(
                erin(), "For a minute", Set.of(Role.INTAKE), CLOCK.instant().plusSeconds(60));

        assertThat(handIn(made.text()).statusCode()).isEqualTo(202);
        assertThat(get(made.text(), "/v1/requests").statusCode()).isEqualTo(403);
        assertThat(get(made.text(), "/engine-rest/task").statusCode()).isEqualTo(403);
        assertThat(handIn(made.text() + "x").statusCode()).isEqualTo(401);
        assertThat(handIn("drawbridge_" + made.key().id() + "_").statusCode()).isEqualTo(401);
        assertThat(handIn("drawbridge_").statusCode()).isEqualTo(401);
        String secret = made.text()
                .substring(made.text().lastIndexOf(made.key().id())
                        + made.key().id().length()
                        + 1);
        assertThat(database.sql("select secret_hash from api_key where id = ?")
                        .param(made.key().id())
                        .query(String.class)
                        .single())
                .hasSize(64)
                .doesNotContain(secret);
        assertThat(trail.of(Cast.ACME, made.key().id()).toString())
                .contains("api-key.made")
                .doesNotContain(secret);

        CLOCK.forward(Duration.ofSeconds(60));
        assertThat(handIn(brief.text()).statusCode()).isEqualTo(401);

        keys.revoke(erin(), made.key().id());
        assertThat(handIn(made.text()).statusCode()).isEqualTo(401);
        assertThat(trail.of(Cast.ACME, made.key().id()).toString()).contains("api-key.revoked");
    }

    @Test
    @DisplayName("R70 an administrator makes, lists and revokes keys of his tenant by the API, and sees a secret once")
    void keepsKeysByTheApi() {
        String erin = ISSUER.sign(ISSUER.claims(Cast.ERIN.value()));
        String wanted = "{\"name\":\"Forwarder\",\"roles\":[\"INTAKE\"],\"expiresAt\":\""
                + CLOCK.instant().plus(1, ChronoUnit.DAYS) + "\"}";

        HttpResponse<String> made = write(erin, "POST", "/v1/api-keys", wanted);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String secret = json(made).path("secret").asText();
        String id = json(made).at("/key/id").asText();
        HttpResponse<String> listed = get(erin, "/v1/api-keys");
        assertThat(listed.body()).contains(id, "Forwarder").doesNotContain(secret, "secret");
        assertThat(handIn(secret).statusCode()).isEqualTo(202);

        assertThat(write(erin, "DELETE", "/v1/api-keys/" + id, "").statusCode()).isEqualTo(200);
        assertThat(handIn(secret).statusCode()).isEqualTo(401);
        String tooWide = wanted.replace("INTAKE", "PROCESS_OWNER");
        assertThat(write(erin, "POST", "/v1/api-keys", tooWide).statusCode())
                .as("erin edits diagrams by no role of hers")
                .isEqualTo(403);
        assertThat(write(erin, "POST", "/v1/api-keys", wanted.replaceFirst("20\\d\\d-", "2999-"))
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    @DisplayName("R70 the page of the keys shows a secret once, and revokes")
    void keepsKeysOnThePage() {
        ISSUER.user = Map.of("email", Cast.ERIN.value());
        Browser erin = new Browser();
        erin.signIn("/api-keys");
        String csrf = URLEncoder.encode(erin.token("/api-keys"), StandardCharsets.UTF_8);
        String form = "application/x-www-form-urlencoded";

        HttpResponse<String> made =
                erin.post("/api-keys", form, "name=By+the+page%3Cb%3E&roles=INTAKE&days=30&_csrf=" + csrf);
        Matcher secret = Pattern.compile("drawbridge_([0-9a-f]{32})_[\\w-]{43}").matcher(made.body());

        assertThat(secret.find()).as(made.body()).isTrue();
        assertThat(made.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(handIn(secret.group()).statusCode()).isEqualTo(202);
        assertThat(erin.get("/api-keys").body())
                .contains("By the page&lt;b&gt;", secret.group(1))
                .doesNotContain(secret.group());
        assertThat(erin.post("/api-keys", form, "name=&days=1&_csrf=" + csrf).statusCode())
                .isEqualTo(422);
        assertThat(erin.post("/api-keys/" + secret.group(1) + "/revoke", form, "_csrf=" + csrf)
                        .statusCode())
                .isEqualTo(302);
        assertThat(handIn(secret.group()).statusCode()).isEqualTo(401);
        assertThat(erin.get("/api-keys").body()).contains("revoked by erin@acme.example");
    }

    // In a browser

    @Test
    @DisplayName("R70 a page that was asked for opens after the login at the issuer, by code, PKCE, state and nonce")
    void signsInInABrowser() {
        Browser browser = new Browser();

        HttpResponse<String> page = browser.get("/requests/new?account=111122223333");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(location(page)).isEqualTo("/oauth2/authorization/drawbridge");
        HttpResponse<String> begun = browser.get(location(page));
        Map<String, String> asked = MockIssuer.query(URI.create(location(begun)).getRawQuery());
        assertThat(location(begun)).startsWith(ISSUER.address() + "/authorize?");
        assertThat(asked)
                .containsEntry("response_type", "code")
                .containsEntry("code_challenge_method", "S256")
                .containsEntry("redirect_uri", "http://127.0.0.1:" + PORT + "/login/oauth2/code/drawbridge")
                .containsKeys("state", "nonce", "code_challenge");
        String before = browser.session();
        HttpResponse<String> back = browser.get(location(browser.get(location(begun))));

        assertThat(back.statusCode()).isEqualTo(302);
        assertThat(location(back)).isEqualTo("/requests/new?account=111122223333");
        assertThat(browser.session()).isNotEqualTo(before);
        assertThat(browser.get(location(back)).statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName(
            "R70 one login opens our pages, the API, Tasklist and its API, and the engine's API, and knows the same person")
    void signsInOnceForEverything() {
        Browser browser = new Browser();
        browser.signIn("/");

        assertThat(browser.get("/requests").statusCode()).isEqualTo(200);
        assertThat(browser.get("/v1/requests").statusCode()).isEqualTo(200);
        assertThat(browser.get("/camunda/app/tasklist/default/").statusCode()).isEqualTo(200);
        assertThat(json(browser.get("/camunda/api/admin/auth/user/default"))
                        .path("userId")
                        .asText())
                .isEqualTo(ALICE);
        assertThat(browser.get("/camunda/api/engine/engine/default/task").statusCode())
                .isEqualTo(200);
        assertThat(browser.get("/engine-rest/task").statusCode()).isEqualTo(200);
        assertThat(browser.get("/camunda/app/cockpit/default/").statusCode()).isEqualTo(403);
        assertThat(browser.get("/requests")
                        .headers()
                        .firstValue("Content-Security-Policy")
                        .orElse(""))
                .as("a browser follows the logout's redirect to the issuer only if the page names it")
                .contains("form-action 'self' " + ISSUER.address());
    }

    @Test
    @DisplayName("R70 what a session changes in the engine's API needs the session's token, as everywhere")
    void wantsTheTokenOfTheSession() {
        Browser browser = new Browser();
        browser.signIn("/requests");

        HttpResponse<String> bare = browser.post("/engine-rest/task", "application/json", "{}");

        assertThat(bare.statusCode()).isEqualTo(403);
        assertThat(bare.body()).contains("csrf-token-missing");
    }

    @Test
    @DisplayName("R70 a login with another state, another browser's code, or another nonce signs nobody in")
    void refusesForeignCodes() {
        Browser browser = new Browser();
        String at = location(browser.get("/oauth2/authorization/drawbridge"));
        String back = location(browser.get(at));
        assertRefused(browser, back.replaceFirst("state=[^&]*", "state=another"));

        Browser victim = new Browser();
        Browser attacker = new Browser();
        String attackers = location(attacker.get(location(attacker.get("/oauth2/authorization/drawbridge"))));
        victim.get("/oauth2/authorization/drawbridge");
        assertRefused(victim, attackers);

        ISSUER.otherNonce = "another";
        Browser third = new Browser();
        assertRefused(third, location(third.get(location(third.get("/oauth2/authorization/drawbridge")))));
    }

    @Test
    @DisplayName("R70 an error that comes back from the issuer stays in one line of the log")
    void logsErrorsInOneLine() {
        Logger log = (Logger) LoggerFactory.getLogger(SecurityConfiguration.class);
        ListAppender<ILoggingEvent> kept = new ListAppender<>();
        kept.start();
        log.addAppender(kept);
        Browser browser = new Browser();
        String begun = location(browser.get("/oauth2/authorization/drawbridge"));
        String state = MockIssuer.query(URI.create(begun).getRawQuery()).getOrDefault("state", "");

        try {
            assertRefused(
                    browser,
                    "/login/oauth2/code/drawbridge?error=no%0Aword&error_description=first%0D%0Aforged%E2%80%A8line&state="
                            + URLEncoder.encode(state, StandardCharsets.UTF_8));
        } finally {
            log.detachAppender(kept);
        }

        assertThat(kept.list).hasSize(1);
        assertThat(kept.list.get(0).getFormattedMessage())
                .contains("no word", "first  forged line")
                .doesNotContainPattern("[\\r\\n\u2028]");
    }

    private static void assertRefused(Browser browser, String callback) {
        HttpResponse<String> answer = browser.get(callback);
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(location(answer)).startsWith("/login?refused=");
        assertThat(browser.get("/v1/requests").statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("R70 whom nobody knows here is told so after his login, on a page that leads him in no circle")
    void explainsRefusals() {
        ISSUER.user = Map.of("email", "nora@acme.example");
        Browser browser = new Browser();

        HttpResponse<String> refused = browser.through("/requests");

        assertThat(location(refused)).isEqualTo("/login?refused=unknown-person");
        assertThat(browser.get(location(refused)).body()).contains("nobody of that name is known here");
        ISSUER.user = Map.of("email", ALICE, "tenant", "initech");
        assertThat(location(new Browser().through("/requests"))).isEqualTo("/login?refused=no-tenant");
        ISSUER.user = Map.of("email", ALICE, "hasgroups", true);
        HttpResponse<String> unsaid = browser.through("/requests");
        assertThat(location(unsaid)).isEqualTo("/login?refused=unreadable");
        assertThat(browser.get(location(unsaid)).body()).contains("your groups have to come with it");
        ISSUER.user = Map.of("email", ALICE, "email_verified", false);
        assertThat(location(new Browser().through("/requests"))).isEqualTo("/login?refused=unreadable");
    }

    @Test
    @DisplayName(
            "R70 signing out on our page leads to the issuer's own logout and back, and ends the session everywhere")
    void signsOutAtTheIssuer() {
        Browser browser = new Browser();
        browser.signIn("/requests");

        HttpResponse<String> out = browser.post(
                "/logout",
                "application/x-www-form-urlencoded",
                "_csrf=" + URLEncoder.encode(browser.token("/requests"), StandardCharsets.UTF_8));
        HttpResponse<String> back = browser.get(location(out));

        assertThat(location(out)).startsWith(ISSUER.address() + "/end-session?id_token_hint=");
        assertThat(location(back)).isEqualTo("http://127.0.0.1:" + PORT + "/login?logout");
        assertThat(ISSUER.logouts).hasSize(1);
        assertSignedOut(browser);
    }

    @Test
    @DisplayName("R70 signing out in Camunda's menu leads the same way")
    void signsOutInCamunda() {
        Browser browser = new Browser();
        browser.signIn("/camunda/app/tasklist/default/");

        HttpResponse<String> out = browser.post("/camunda/api/admin/auth/user/default/logout", "application/json", "");
        HttpResponse<String> rest = browser.get("/signed-out");

        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(location(rest)).startsWith(ISSUER.address() + "/end-session?id_token_hint=");
        assertThat(location(browser.get("/signed-out"))).isEqualTo("/login?logout");
        assertSignedOut(browser);
    }

    private static void assertSignedOut(Browser browser) {
        assertThat(browser.get("/requests").statusCode()).isEqualTo(302);
        assertThat(browser.get("/v1/requests").statusCode()).isEqualTo(401);
        assertThat(browser.get("/camunda/app/tasklist/default/").statusCode()).isEqualTo(302);
        assertThat(browser.get("/camunda/api/engine/engine/default/task").statusCode())
                .isEqualTo(401);
        assertThat(browser.get("/engine-rest/task").statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("R42 what the issuer says anew of a person holds in his session after 15 min, and not much before")
    void asksTheIssuerAgain() {
        String victor = Cast.VICTOR.value();
        ISSUER.user = Map.of("email", victor, "groups", List.of("viewers", "platform-administrators"));
        Browser browser = new Browser();
        browser.signIn("/requests");
        assertThat(browser.get("/v1/owners").statusCode()).isEqualTo(200);
        ISSUER.user = Map.of("email", victor, "groups", List.of("viewers"));

        CLOCK.forward(Duration.ofMinutes(14));
        assertThat(browser.get("/v1/owners").statusCode()).isEqualTo(200);

        CLOCK.forward(Duration.ofMinutes(1));
        assertThat(browser.get("/v1/owners").statusCode()).isEqualTo(403);
        assertThat(groups(victor)).containsExactly("viewers");
        assertThat(browser.get("/requests").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("R42 a session whose person the issuer does not confirm any more is over after 15 min, everywhere")
    void endsWhatTheIssuerDoesNotConfirm() {
        Browser browser = new Browser();
        browser.signIn("/requests");
        ISSUER.refreshes = false;

        CLOCK.forward(Duration.ofMinutes(15));

        assertThat(browser.get("/engine-rest/task").statusCode()).isEqualTo(401);
        assertSignedOut(browser);
        // The issuer may still know the browser: then it is let in again without a question.
        browser.signIn("/requests");
    }

    @Test
    @DisplayName("R42 who has left is out at the next call, with a good token and in a running session")
    void endsForWhoHasLeft() {
        String mallory = Cast.MALLORY.value();
        ISSUER.user = Map.of("email", mallory);
        Browser browser = new Browser();
        browser.signIn("/requests");
        String token = ISSUER.sign(ISSUER.claims(mallory));
        database.sql("update person set active = false where id = ?")
                .param(mallory)
                .update();

        try {
            assertThat(get(token, "/v1/requests").statusCode()).isEqualTo(403);
            assertSignedOut(browser);
            assertThat(location(browser.through("/requests"))).isEqualTo("/login?refused=unknown-person");
        } finally {
            database.sql("update person set active = true where id = ?")
                    .param(mallory)
                    .update();
        }
    }

    @Test
    @DisplayName("R70 no password opens anything where people sign in at an issuer")
    void takesNoPasswords() {
        HttpRequest.Builder call = call("GET", "/v1/requests")
                .header(
                        "Authorization",
                        "Basic "
                                + java.util.Base64.getEncoder()
                                        .encodeToString("erin:erin".getBytes(StandardCharsets.UTF_8)));

        assertThat(send(HttpClient.newHttpClient(), call).statusCode()).isEqualTo(401);
        assertThat(new Browser().get("/login").body()).doesNotContain("type=\"password\"");
    }

    // What the tests speak with

    private static Arguments bad(String how, BiFunction<MockIssuer, Map<String, Object>, String> make) {
        return Arguments.of(how, make);
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        claims.put(name, value);
        return claims;
    }

    private static Map<String, Object> without(Map<String, Object> claims, String name) {
        claims.remove(name);
        return claims;
    }

    private static Instant before(int seconds) {
        return CLOCK.instant().minusSeconds(seconds);
    }

    private static Map<String, Object> service(String word) {
        Map<String, Object> claims = without(ISSUER.claims("x"), "email");
        claims.put("sub", "forwarder");
        claims.put("client_id", "forwarder");
        claims.put("roles", List.of(word));
        return claims;
    }

    private SignInProperties withNewPeople() {
        return properties(true, Map.of());
    }

    private static SignInProperties properties(boolean createPeople, Map<String, Role> serviceRoles) {
        return properties(URI.create(ISSUER.address()), createPeople, serviceRoles);
    }

    static SignInProperties properties(URI issuer) {
        return properties(issuer, false, Map.of());
    }

    private static SignInProperties properties(URI issuer, boolean createPeople, Map<String, Role> serviceRoles) {
        return new SignInProperties(
                issuer,
                MockIssuer.CLIENT,
                "",
                List.of("openid"),
                "",
                List.of("RS256"),
                Duration.ofSeconds(30),
                "tenant",
                Map.of(),
                "groups",
                false,
                "email",
                true,
                createPeople,
                Duration.ofMinutes(15),
                Map.of(),
                "roles",
                serviceRoles);
    }

    private static SignInClaims claimsOf(String person, Set<TenantId> tenants) {
        return new SignInClaims(
                new PersonId(person),
                person,
                false,
                tenants,
                Set.of(),
                Set.of(),
                false,
                CLOCK.instant(),
                "issuer " + person);
    }

    private Caller erin() {
        return new Caller(people.find(Cast.ERIN).orElseThrow(), Cast.ACME, null, false);
    }

    private Set<String> groups(String person) {
        return people.find(new PersonId(person)).orElseThrow().groups();
    }

    private static HttpResponse<String> handIn(String token) {
        return write(token, "POST", "/v1/events/cloudtrail", "{\"Records\":[]}");
    }

    private static HttpResponse<String> handIn(String token, String tenant) {
        return send(
                HttpClient.newHttpClient(),
                written(token, "POST", "/v1/events/cloudtrail", "{\"Records\":[]}")
                        .header("X-Tenant-ID", tenant));
    }

    private static HttpResponse<String> write(String token, String method, String path, String body) {
        return send(HttpClient.newHttpClient(), written(token, method, path, body));
    }

    private static HttpRequest.Builder written(String token, String method, String path, String body) {
        return call(method, path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> get(String token, String path) {
        return send(HttpClient.newHttpClient(), call("GET", path).header("Authorization", "Bearer " + token));
    }

    private static HttpRequest.Builder call(String method, String path) {
        URI at = path.startsWith("http") ? URI.create(path) : URI.create("http://127.0.0.1:" + PORT + path);
        return HttpRequest.newBuilder(at)
                .timeout(Duration.ofSeconds(20))
                .header("Accept", "text/html, application/json;q=0.9, */*;q=0.1")
                .method(method, HttpRequest.BodyPublishers.noBody());
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder call) {
        try {
            return client.send(call.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (com.fasterxml.jackson.core.JsonProcessingException page) {
            throw new AssertionError(answer.statusCode() + " " + answer.body(), page);
        }
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** Keeps its cookies, and follows no redirect by itself. */
    private static final class Browser {
        private final CookieManager cookies = new CookieManager();
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(cookies).build();

        HttpResponse<String> get(String path) {
            return send(http, call("GET", path));
        }

        HttpResponse<String> post(String path, String type, String body) {
            return send(
                    http,
                    call("POST", path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
        }

        /** Asks for the page, and goes to the issuer and back; the answer to coming back. */
        HttpResponse<String> through(String path) {
            HttpResponse<String> asked = get(path);
            return get(location(get(location(get(location(asked))))));
        }

        void signIn(String path) {
            HttpResponse<String> back = through(path);
            assertThat(back.statusCode()).isEqualTo(302);
            assertThat(location(back)).doesNotContain("refused").startsWith("/");
        }

        String session() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().equals("JSESSIONID"))
                    .map(HttpCookie::getValue)
                    .findFirst()
                    .orElse("");
        }

        String token(String path) {
            Matcher token = TOKEN.matcher(get(path).body());
            return Optional.of(token)
                    .filter(Matcher::find)
                    .map(found -> found.group(1))
                    .orElse("");
        }
    }
}
