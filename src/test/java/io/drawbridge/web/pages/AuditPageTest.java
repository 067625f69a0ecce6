package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.ModelAndView;

class AuditPageTest extends Office {
    private static final String REQUEST = "11111111-2222-3333-4444-555555555555";

    @Autowired
    private People people;

    @Test
    @DisplayName("R70 the audit trail is an administrator's, and of his own organisation")
    void isForAdministrators() throws Exception {
        recorded(
                "acme",
                PagesHouse.NOW,
                BOB,
                "request.approved",
                REQUEST,
                "{\"message\":\"Go ahead\",\"people\":[\"a\",\"b\"]}");
        recorded("globex", PagesHouse.NOW, GUS, "request.denied", "theirs", "{}");

        assertThat(body(look(ERIN, "/audit")))
                .contains(BOB, "request.approved", "/requests/" + REQUEST, "Go ahead", "a, b")
                .contains("datetime=\"2026-01-15T12:00:00Z\"")
                .doesNotContain(GUS, "theirs");
        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, PETRA, GUS}) {
            for (String path : new String[] {"/audit", "/audit.csv", "/audit.json"}) {
                look(person, path).andExpect(status().isForbidden());
            }
        }
    }

    @Test
    void findsByTimeActorActionSubjectAndText() throws Exception {
        recorded("acme", PagesHouse.NOW, BOB, "request.approved", "one", "{\"message\":\"Go 100% ahead\"}");
        recorded("acme", PagesHouse.NOW.plusSeconds(60), ALICE, "request.opened", "two", "{\"account\":\"1111\"}");
        recorded("acme", PagesHouse.NOW.plus(Duration.ofDays(1)), "drawbridge", "grant.revoked", "three", "{}");

        assertThat(found("since=2026-01-15T12:01")).containsExactly("three", "two");
        assertThat(found("since=2026-01-15&until=2026-01-16")).containsExactly("two", "one");
        assertThat(found("until=2026-01-15T12:01:00Z")).containsExactly("one");
        assertThat(found("since=2026-01-15T13:01:00%2B01:00")).containsExactly("three", "two");
        assertThat(found("actor=" + ALICE)).containsExactly("two");
        assertThat(found("action=grant.revoked")).containsExactly("three");
        assertThat(found("subject=one")).containsExactly("one");
        assertThat(found("q=GO%20100%25")).containsExactly("one");
        assertThat(found("q=100_")).isEmpty();
        assertThat(found("q=drawbridge")).containsExactly("three");
        assertThat(found("q=request.&actor=" + BOB)).containsExactly("one");
        assertThat(body(look(ERIN, "/audit?q=nothing"))).contains("Nothing matches.");
    }

    @Test
    void olderRecordsStandOnFurtherPagesEachOnce() throws Exception {
        for (int each = 0; each < 60; each++) {
            recorded("acme", PagesHouse.NOW, BOB, "request.approved", "subject-" + each, "{\"a\":\"b\"}");
        }

        for (String filter : new String[] {"", "q=b&actor=" + BOB}) {
            String first = body(look(ERIN, "/audit?" + filter));
            Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]*)\"").matcher(first);
            assertThat(next.find()).isTrue();
            String second = body(look(ERIN, next.group(1).replace("&amp;", "&")));

            assertThat(subjects(first)).hasSize(50).contains("subject-59", "subject-10");
            assertThat(subjects(second)).hasSize(10).contains("subject-9", "subject-0");
            assertThat(second).doesNotContain("rel=\"next\"");
        }
    }

    @Test
    void textFarBackIsFoundByGoingOn() throws Exception {
        recorded("acme", PagesHouse.NOW, BOB, "request.approved", "needle", "{}");
        database.sql(
                        "insert into audit_record (tenant_id, recorded_at, actor, action, subject, details)"
                                + " select 'acme', recorded_at, 'bob', 'hay', 'hay', '{}' from (select recorded_at from audit_record limit 1), system_range(1, 5000)")
                .update();

        String first = body(look(ERIN, "/audit?q=needle"));
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]*)\"").matcher(first);

        assertThat(first).contains("looked for in 5,000 records so far").doesNotContain("Nothing matches.");
        assertThat(next.find()).isTrue();
        assertThat(subjects(body(look(ERIN, next.group(1).replace("&amp;", "&")))))
                .containsExactly("needle");
        assertThat(look(ERIN, "/audit.csv?q=needle").andReturn().getResponse().getContentAsString())
                .contains(",needle,");
    }

    @Test
    void whatCannotBeSearchedForIsSaidAtItsField() throws Exception {
        look(ERIN, "/audit?since=yesterday&until=0001-01-01&actor=" + HOSTILE)
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is no time; expected such as")))
                .andExpect(content().string(containsString("must lie between the years")))
                .andExpect(content().string(containsString("value=\"yesterday\"")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        look(ERIN, "/audit.csv?since=yesterday").andExpect(status().isUnprocessableEntity());
        look(ERIN, "/audit?actor=" + "x".repeat(256)).andExpect(status().isUnprocessableEntity());
        look(ERIN, "/audit?before=nowhere").andExpect(status().isOk());
    }

    @Test
    void leavesAsCsvThatNoSpreadsheetTakesForAFormula() throws Exception {
        recorded("acme", PagesHouse.NOW, BOB, "request.approved", "=1+1", "{\"message\":\"a \\\"b\\\", c\"}");
        recorded("acme", PagesHouse.NOW, ALICE, "request.opened", "two", "{}");

        String csv = look(ERIN, "/audit.csv?actor=" + BOB)
                .andExpect(status().isOk())
                .andExpect(header().string("Content-Disposition", "attachment; filename=\"audit-acme.csv\""))
                .andExpect(content().contentType("text/csv;charset=UTF-8"))
                .andReturn()
                .getResponse()
                .getContentAsString();

        assertThat(csv.lines().toList())
                .hasSize(2)
                .startsWith("number,at,actor,action,subject,details")
                .last(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .contains(
                        ",2026-01-15T12:00:00Z,bob@acme.example,request.approved,",
                        "'=1+1",
                        "\"{\"\"message\"\":\"\"a \\\"\"b\\\"\", c\"\"}\"");
    }

    @Test
    void leavesAsJsonWithEveryRecordOnce() throws Exception {
        for (int each = 0; each < 2500; each++) {
            recorded("acme", PagesHouse.NOW, BOB, "request.approved", HOSTILE + each, "{\"n\":" + each + "}");
        }

        for (String path : new String[] {"/audit.json", "/audit.json?q=approved"}) {
            JsonNode items = new ObjectMapper()
                    .readTree(look(ERIN, path)
                            .andExpect(status().isOk())
                            .andExpect(content().contentType("application/json"))
                            .andReturn()
                            .getResponse()
                            .getContentAsByteArray())
                    .path("items");
            assertThat(items).hasSize(2500);
            assertThat(items.get(0).path("details").path("n").asInt()).isEqualTo(2499);
            assertThat(items.get(2499).path("subject").asText()).isEqualTo(HOSTILE + "0");
        }
        assertThat(body(look(ERIN, "/audit"))).doesNotContain("<script>alert");
    }

    @Test
    void moreThanOneFileHoldsIsRefusedInWords() throws Exception {
        for (String subject : new String[] {"one", "two", "three"}) {
            recorded("acme", PagesHouse.NOW, BOB, "request.approved", subject, "{}");
        }
        AuditPage page = new AuditPage(trail, chain, 2);
        Caller erin = new Caller(people.find(new PersonId(ERIN)).orElseThrow(), ACME, null, false);
        MockHttpServletResponse response = new MockHttpServletResponse();

        ModelAndView refusal = Objects.requireNonNull(
                page.asCsv(erin, new AuditPage.Filter(null, null, null, null, null, null), response));

        assertThat(refusal.getStatus()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
        assertThat(refusal.getModel().get("failed")).asString().contains("More than 2 records match");
        assertThat(response.getContentAsString()).isEmpty();
        assertThat(page.asJson(erin, new AuditPage.Filter(null, null, null, null, "two", null), response))
                .isNull();
        assertThat(response.getContentAsString()).contains("\"subject\":\"two\"");
    }

    @Test
    @DisplayName("R70 every field has a label, every table a caption")
    void pageIsSound() throws Exception {
        recorded("acme", PagesHouse.NOW, BOB, "request.approved", REQUEST, "{\"message\":\"" + HOSTILE + "\"}");

        assertSound(ERIN, "/audit");
    }

    private List<String> found(String filter) throws Exception {
        return subjects(body(look(ERIN, "/audit?" + filter)));
    }

    private static List<String> subjects(String page) {
        return Pattern.compile("data-label=\"Subject\"[^/]*<code>([^<]*)</code>")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private void recorded(String tenant, Instant at, String actor, String action, String subject, String details) {
        database.sql("insert into audit_record (tenant_id, recorded_at, actor, action, subject, details)"
                        + " values (?, ?, ?, ?, ?, ?)")
                .params(tenant, at.atOffset(ZoneOffset.UTC), actor, action, subject, details)
                .update();
    }
}
