package io.drawbridge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.TenantId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Stage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;

@DisplayName("The API of drift")
@SuppressWarnings("NullAway.Init")
class DriftApiTest extends Stage {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String REMOVE = "{\"choice\": \"remove\", \"reason\": \"The backup was old.\"}";

    @Autowired
    private MockMvc http;

    @Autowired
    private DriftFindings findings;

    @Autowired
    private Sweeps sweeps;

    @ParameterizedTest
    @CsvSource({
        "'', 401, 401, 401, 401",
        "alice, 403, 404, 404, 403",
        "bob, 403, 404, 404, 403",
        "victor, 403, 404, 404, 403",
        "petra, 403, 404, 404, 403",
        "gus, 403, 404, 404, 403",
        "oscar, 200, 200, 403, 403",
        "erin, 200, 200, 200, 200"
    })
    @DisplayName("R56 R70 is read by administrators and operations, and changed by administrators")
    void knowsWhoMayDoWhat(String who, int list, int read, int resolve, int reconcile) throws Exception {
        String id = aHeldBackFinding().id().value();

        assertThat(call(who, "GET", "/v1/drift", null).getStatus()).isEqualTo(list);
        assertThat(call(who, "GET", "/v1/drift/" + id, null).getStatus()).isEqualTo(read);
        assertThat(call(who, "POST", "/v1/drift/" + id + "/resolve", REMOVE).getStatus())
                .isEqualTo(resolve);
        assertThat(call(who, "POST", "/v1/drift:reconcile", "").getStatus()).isEqualTo(reconcile);
        if (resolve == 403 || resolve == 404) {
            assertThat(call(who, "POST", "/v1/drift/" + id + "/resolve", "{broken")
                            .getStatus())
                    .as("before the body is looked at")
                    .isEqualTo(resolve);
        }
    }

    @Test
    @DisplayName("R56 takes a choice once, and says what is wrong with another")
    void takesAChoiceOnce() throws Exception {
        String resolve = "/v1/drift/" + aHeldBackFinding().id() + "/resolve";

        MockHttpServletResponse wrong = call("erin", "POST", resolve, "{\"choice\": \"explode\"}");
        assertThat(wrong.getStatus()).isEqualTo(422);
        assertThat(body(wrong).path("errors").findValuesAsText("field")).containsExactly("choice", "reason");
        assertThat(call("erin", "POST", resolve, "{\"chioce\": \"keep\"}").getStatus())
                .isEqualTo(422);
        assertThat(call("erin", "POST", resolve, "{").getStatus()).isEqualTo(400);

        JsonNode chosen = body(call("erin", "POST", resolve, REMOVE));
        assertThat(chosen.path("state").asText()).isEqualTo("CONFIRMED");
        assertThat(chosen.path("choices")).isEmpty();
        assertThat(chosen.path("resolvedBy").asText()).isEqualTo(Cast.ERIN.value());
        assertThat(call("erin", "POST", resolve, REMOVE).getStatus()).isEqualTo(409);
        assertThat(call("erin", "POST", "/v1/drift/none/resolve", REMOVE).getStatus())
                .isEqualTo(404);
    }

    @Test
    @DisplayName("R56 sweeps now and says what was found; 409 while another sweep is under way")
    void sweepsNow() throws Exception {
        MockHttpServletResponse swept = call("erin", "POST", "/v1/drift:reconcile", "");
        assertThat(swept.getStatus()).isEqualTo(200);
        assertThat(body(swept).path("compared").asBoolean()).isTrue();
        assertThat(body(swept).has("failures")).isFalse();

        cloud.throttle(true);
        assertThat(body(call("erin", "POST", "/v1/drift:reconcile", ""))
                        .path("compared")
                        .asBoolean())
                .isFalse();
        assertThat(sweeps.begin(Cast.ACME, "another", clock.instant().plusSeconds(60)))
                .isTrue();
        assertThat(call("erin", "POST", "/v1/drift:reconcile", "").getStatus()).isEqualTo(409);
    }

    @Test
    @DisplayName("R56 lists what is not settled newest first, page by page, of the caller's tenant alone")
    void listsPageByPage() throws Exception {
        aHeldBackFinding();
        clock.moveBy(Duration.ofSeconds(1));
        aFinding(Cast.ACME, DriftFinding.Kind.FOREIGN, DriftFinding.State.OPEN, "p-1");
        aFinding(Cast.ACME, DriftFinding.Kind.UNEXPLAINED, DriftFinding.State.SIGHTED, "once");
        aFinding(Cast.ACME, DriftFinding.Kind.UNEXPLAINED, DriftFinding.State.GONE, "gone");
        aFinding(Cast.GLOBEX, DriftFinding.Kind.FOREIGN, DriftFinding.State.OPEN, "p-2");

        JsonNode first = body(call("oscar", "GET", "/v1/drift?limit=1", null));
        JsonNode second = body(call(
                "oscar", "GET", "/v1/drift?limit=1&cursor=" + first.path("next").asText(), null));
        assertThat(first.path("items").findValuesAsText("subject")).containsExactly("p-1");
        assertThat(second.path("items").findValuesAsText("kind")).containsExactly("MASS_REMOVAL");
        assertThat(second.path("next").isNull()).isTrue();
        assertThat(body(call("oscar", "GET", "/v1/drift?state=SIGHTED&state=gone", null))
                        .path("items")
                        .findValuesAsText("subject"))
                .containsExactlyInAnyOrder("once", "gone");
        assertThat(call("oscar", "GET", "/v1/drift?state=ON", null).getStatus()).isEqualTo(422);
        assertThat(call("oscar", "GET", "/v1/drift?limit=0", null).getStatus()).isEqualTo(422);
    }

    private DriftFinding aHeldBackFinding() {
        return aFinding(
                Cast.ACME,
                DriftFinding.Kind.MASS_REMOVAL,
                DriftFinding.State.HELD_BACK,
                "everything",
                "remove",
                "keep");
    }

    private DriftFinding aFinding(
            TenantId tenant, DriftFinding.Kind kind, DriftFinding.State state, String subject, String... choices) {
        DriftFinding finding = new DriftFinding(new DriftFinding.Stored(
                DriftFindingId.random(),
                tenant,
                kind,
                subject,
                "Found.",
                List.of(choices),
                state,
                clock.instant(),
                clock.instant(),
                1,
                null,
                null,
                null,
                null,
                null));
        findings.add(finding);
        return finding;
    }

    private static JsonNode body(MockHttpServletResponse answer) throws Exception {
        return JSON.readTree(answer.getContentAsByteArray());
    }

    private MockHttpServletResponse call(String who, String method, String path, @Nullable String body)
            throws Exception {
        MockHttpServletRequestBuilder call = request(HttpMethod.valueOf(method), java.net.URI.create(path));
        if (!who.isEmpty()) {
            call.with(httpBasic(who + (who.equals("gus") ? "@globex.example" : "@acme.example"), who));
        }
        if (body != null && !body.isEmpty()) {
            call.contentType("application/json").content(body);
        }
        return http.perform(call).andReturn().getResponse();
    }
}
