package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.Grant;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PoliciesPageTest extends Office {
    private static final String POLICIES = "/policies";

    @Test
    @DisplayName("R26 R70 administrators and process owners read the running set, its hash and its text")
    void showsTheRunningSet() throws Exception {
        for (String person : new String[] {ERIN, PETRA}) {
            assertThat(body(look(person, POLICIES)))
                    .as(person)
                    .contains("never-stop-logging", "guard-rail", "break-glass", "priority 200", "auto-dev")
                    .contains("@id(&quot;require-protected&quot;)", "Running since", "entity AccessRequest")
                    .containsPattern("SHA-256 <code>[0-9a-f]{64}</code>")
                    .contains("Has decided no request lately.");
        }
        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, GUS}) {
            look(person, POLICIES).andExpect(status().isForbidden());
            send(person, POLICIES, "person", ALICE).andExpect(status().isForbidden());
        }
    }

    @Test
    @DisplayName("R21 guard-rails come first, and then the priority groups from the highest down")
    void ordersAsItDecides() throws Exception {
        String page = body(look(ERIN, POLICIES));

        assertThat(page.indexOf("id=\"policy-never-stop-logging\""))
                .isPositive()
                .isLessThan(page.indexOf("id=\"policy-break-glass\""));
        assertThat(page.indexOf("id=\"policy-break-glass\"")).isLessThan(page.indexOf("id=\"policy-auto-dev\""));
        assertThat(page.indexOf("id=\"policy-auto-dev\"")).isLessThan(page.indexOf("id=\"policy-require-protected\""));
    }

    @Test
    @DisplayName("R26 what each policy decided in the last seven days stands with it")
    void countsWhatWasDecidedLately() throws Exception {
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        judged(grant, PagesHouse.NOW.minus(Duration.ofDays(1)), true, "require", "require-protected");
        judged(grant, PagesHouse.NOW.minus(Duration.ofDays(2)), true, "require", "require-protected");
        judged(grant, PagesHouse.NOW.minus(Duration.ofDays(3)), false, null, "never-stop-logging\nrequire-protected");
        judged(grant, PagesHouse.NOW.minus(Duration.ofDays(3)), false, null, "");
        judged(grant, PagesHouse.NOW.minus(Duration.ofDays(8)), true, "require", "require-protected");

        String page = body(look(ERIN, POLICIES));

        assertThat(page)
                .contains("<strong>2</strong> allowed, <strong>1</strong> denied", "datetime=\"2026-01-14T12:00:00Z\"")
                .contains("<strong>0</strong> allowed, <strong>1</strong> denied")
                .contains("1 judgement was a denial because no policy matched.")
                .contains("s3:DeleteBucket in payments-prod", "/requests/" + grant.request(), "none matched")
                .contains("by a set that ran before");
        assertThat(count(page, "data-label=\"When\"")).isEqualTo(4);
    }

    @Test
    @DisplayName("R70 a process owner sees the counts, and of the requests only those that he may see")
    void processOwnersSeeNoRequestsOfOthers() throws Exception {
        judged(grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE"), PagesHouse.NOW, true, "require", "require-protected");
        Grant own = grant(PETRA, DEV, PagesHouse.NOW, "ACTIVE");
        judged(own, PagesHouse.NOW, true, "require", "require-protected");

        String page = body(look(PETRA, POLICIES));

        assertThat(page).contains("<strong>2</strong> allowed", "/requests/" + own.request());
        assertThat(count(page, "data-label=\"When\"")).isEqualTo(1);
    }

    @Test
    @DisplayName("R22 R23 a question is answered by the running set, and the answer explained")
    void explainsTheAnswer() throws Exception {
        assertThat(ask("person", MALLORY, "account", PROD, "permission", "s3:DeleteBucket", "duration", "2h"))
                .contains("Allowed if an approver says yes.", "href=\"#policy-require-protected\"", "8 hours");
        assertThat(ask("person", ALICE, "account", DEV, "permission", "s3:DeleteBucket", "duration", "30m"))
                .contains("Allowed at once, without asking anybody.", "href=\"#policy-auto-dev\"");
        assertThat(ask(
                        "person",
                        ALICE,
                        "account",
                        PROD,
                        "permission",
                        "s3:DeleteBucket",
                        "duration",
                        "30m",
                        "breakGlass",
                        "true",
                        "ticket",
                        "INC-1",
                        "sourceIp",
                        "10.0.0.1",
                        "mfa",
                        "true",
                        "justification",
                        "It burns"))
                .contains("Allowed at once as an emergency", "href=\"#policy-break-glass\"", "1 hour");
    }

    @Test
    @DisplayName("R20 a denial says whether a policy denies or none matches")
    void explainsDenials() throws Exception {
        assertThat(ask("person", ALICE, "account", PROD, "permission", "cloudtrail:StopLogging", "duration", "1h"))
                .contains("Denied by the policies named here.", "href=\"#policy-never-stop-logging\"")
                .contains("Nobody may stop the audit trail");
        assertThat(ask("person", ALICE, "account", PROD, "permission", "sqs:DeleteQueue", "duration", "1h"))
                .contains("Denied: no policy matches, and without one the answer is no.");
    }

    @Test
    @DisplayName("R34 a duration above the cap is said to be too long although the policy allows")
    void saysWhatIsTooLong() throws Exception {
        assertThat(ask("person", MALLORY, "account", PROD, "permission", "s3:DeleteBucket", "duration", "2d"))
                .contains("2 days is longer than the cap of 8 hours.");
    }

    @Test
    void questionsThatCannotBeAskedSayWhyAndKeepWhatWasTyped() throws Exception {
        send(ERIN, POLICIES, "person", GUS, "account", "999900001111", "permission", HOSTILE, "duration", "soon")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a person of this organisation")))
                .andExpect(content().string(containsString("is not an account of this organisation")))
                .andExpect(content().string(containsString("is neither an IAM action")))
                .andExpect(content().string(containsString("is no duration")))
                .andExpect(content().string(containsString("value=\"&lt;script&gt;alert")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(
                        ERIN,
                        POLICIES,
                        "person",
                        ALICE,
                        "account",
                        PROD,
                        "permission",
                        "s3:DeleteBucket",
                        "duration",
                        "1h",
                        "sourceIp",
                        HOSTILE)
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("Cedar does not take the question.")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(ERIN, POLICIES, "person", ALICE, "justification", "x".repeat(2001))
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must have at most 2000 characters.")));
        assertNeedsToken(ERIN, POLICIES, "person", ALICE);
    }

    @Test
    @DisplayName("R70 every form carries a token, every field a label, every table a caption")
    void pageIsSound() throws Exception {
        judged(grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE"), PagesHouse.NOW, true, "require", "require-protected");

        assertSound(ERIN, POLICIES);
    }

    private String ask(String... fields) throws Exception {
        return body(send(PETRA, POLICIES, fields));
    }

    private void judged(Grant grant, Instant at, boolean allowed, @Nullable String mode, String policies) {
        database.sql("insert into policy_decision (tenant_id, request_id, asked_at, occasion, allowed, mode, policies,"
                        + " errors, set_hash, evidence) values ('acme', ?, ?, 'ARRIVAL', ?, ?, ?, '[]', 'h', '{}')")
                .params(grant.request().value(), at.atOffset(ZoneOffset.UTC), allowed, mode, policies)
                .update();
    }
}
