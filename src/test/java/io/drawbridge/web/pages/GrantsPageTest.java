package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GrantsPageTest extends Office {
    private static final String CAROL = "carol@acme.example";

    @Test
    @DisplayName("R4 R70 everybody sees the grants he may see, with their clocks for machines and in words")
    void showsWhatOneMaySee() throws Exception {
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");

        for (String person : new String[] {ALICE, BOB, CAROL, VICTOR, ERIN}) {
            assertThat(body(look(person, "/grants")))
                    .as(person)
                    .contains("ACTIVE", "s3:DeleteBucket", "payments-prod (111122223333)", "Alice Archer")
                    .contains("access ends at", "datetime=\"2026-01-15T14:00:00Z\"", "15 Jan 2026, 14:00:00 UTC")
                    .contains("/requests/" + grant.request());
        }
        for (String person : new String[] {MALLORY, OSCAR, PETRA, GUS}) {
            assertThat(body(look(person, "/grants"))).as(person).doesNotContain("s3:DeleteBucket");
        }
        browser.perform(get("/grants")).andExpect(status().is3xxRedirection());
    }

    @Test
    @DisplayName("R53 access that may still be on is said loudly, and is found by its filter")
    void saysThatAccessMayStillBeOn() throws Exception {
        grant(ALICE, PROD, PagesHouse.NOW, "REVOKE_OVERDUE");
        grant(BOB, DEV, PagesHouse.NOW, "REVOKED");

        assertThat(body(look(ERIN, "/grants")))
                .contains("Access may still be on")
                .doesNotContain(">REVOKED<");
        assertThat(body(look(ERIN, "/grants?state=may-still-be-on")))
                .contains("REVOKE_OVERDUE")
                .doesNotContain("payments-dev (");
        assertThat(body(look(ERIN, "/grants?state=past")))
                .contains(">REVOKED<", "has been taken back")
                .doesNotContain(">REVOKE_OVERDUE<", "Access may still be on");
        assertThat(body(look(ERIN, "/grants?state=all"))).contains(">REVOKED<", ">REVOKE_OVERDUE<");
    }

    @Test
    void filtersByAccountAndPerson() throws Exception {
        grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        grant(MALLORY, DEV, PagesHouse.NOW, "ACTIVE");

        assertThat(rows(body(look(ERIN, "/grants?account=payments-prod")))).isEqualTo(1);
        assertThat(body(look(ERIN, "/grants?account=444455556666")))
                .contains("in <span>payments-dev")
                .doesNotContain("in <span>payments-prod");
        assertThat(body(look(ERIN, "/grants?person=mallory@acme.example")))
                .contains("in <span>payments-dev")
                .doesNotContain("in <span>payments-prod");
        assertThat(body(look(ERIN, "/grants?person=nobody"))).contains("Nothing matches.");
        assertThat(body(look(ERIN, "/grants?account=" + HOSTILE + "&cursor=" + HOSTILE + "&state=" + HOSTILE)))
                .doesNotContain("<script>alert");
    }

    @Test
    void whatNoDatabaseKeepsDoesNotArrive() throws Exception {
        send(ERIN, "/grants/revoke", "what", "person", "person", "a\0b", "reason", "Incident")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("value=\"a\uFFFDb\"")));
        assertThat(body(look(ERIN, "/grants?account=%00"))).contains("value=\"\uFFFD\"");
    }

    @Test
    void olderGrantsStandOnFurtherPagesEachOnce() throws Exception {
        for (int each = 0; each < 30; each++) {
            grant(ALICE, PROD, PagesHouse.NOW.minus(Duration.ofMinutes(each)), "ACTIVE");
        }

        String first = body(look(ERIN, "/grants"));
        Matcher next =
                Pattern.compile("href=\"(/grants\\?[^\"]*cursor=[^\"]*)\"").matcher(first);
        assertThat(next.find()).isTrue();
        String second = body(look(ERIN, next.group(1).replace("&amp;", "&")));

        assertThat(ids(first)).hasSize(25);
        assertThat(ids(second)).hasSize(5).doesNotContainAnyElementsOf(ids(first));
    }

    @Test
    @DisplayName("R55 requester, approver of the scope and administrator end a grant early, and nobody else")
    void endsEarly() throws Exception {
        for (String person : new String[] {ALICE, BOB, CAROL, ERIN}) {
            Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
            assertThat(body(look(person, "/grants"))).as(person).contains("/grants/" + grant.id() + "/end");

            send(person, "/grants/" + grant.id() + "/end")
                    .andExpect(redirectedUrl("/grants"))
                    .andExpect(flash().attribute("done", containsString("is being taken back")));

            assertThat(endedBy(grant)).as(person).isEqualTo(person);
            assertThat(body(look(person, "/grants"))).contains("ended early by " + person);
            empty();
        }
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        assertThat(body(look(VICTOR, "/grants"))).doesNotContain("/end\"");
        send(VICTOR, "/grants/" + grant.id() + "/end").andExpect(status().isForbidden());
        send(MALLORY, "/grants/" + grant.id() + "/end").andExpect(status().isNotFound());
        send(GUS, "/grants/" + grant.id() + "/end").andExpect(status().isNotFound());
        look(ALICE, "/grants/" + grant.id() + "/end").andExpect(status().is4xxClientError());
        assertNeedsToken(ALICE, "/grants/" + grant.id() + "/end");
        assertThat(endedBy(grant)).isEmpty();
    }

    @Test
    @DisplayName("R1 ending what has ended is refused in words")
    void endingTwiceIsRefused() throws Exception {
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "REVOKED");

        send(ALICE, "/grants/" + grant.id() + "/end")
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("REVOKED")));
    }

    @Test
    @DisplayName("R55 an administrator sees what revoking many would end, and then ends exactly that")
    void revokesMany() throws Exception {
        Grant prod = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        Grant dev = grant(ALICE, DEV, PagesHouse.NOW, "PROVISIONING");
        Grant others = grant(MALLORY, DEV, PagesHouse.NOW, "ACTIVE");

        String shown = body(send(
                ERIN, "/grants/revoke", "what", "person", "person", ALICE, "scope", "r-acme", "reason", "Left \"us\""));

        assertThat(shown)
                .contains("It ends <span>2 grants</span> now", "everything of Alice Archer", "Alice Archer (" + ALICE)
                .contains("payments-prod (111122223333): 1", "payments-dev (444455556666): 1", "Left &quot;us&quot;");
        assertThat(endedBy(prod)).isEmpty();

        sendAsShown(ERIN, "/grants/revoke", shown)
                .andExpect(redirectedUrl("/grants"))
                .andExpect(flash().attribute("done", containsString("2 grants are being taken back")));

        assertThat(endedBy(prod)).isEqualTo(ERIN);
        assertThat(endedBy(dev)).isEqualTo(ERIN);
        assertThat(endedBy(others)).isEmpty();
        assertThat(grants.find(prod.id()).orElseThrow().endReason()).contains("Left \"us\"");
        assertThat(actions()).contains("grants.revoked_together");
    }

    @Test
    @DisplayName("R55 what changed since it was shown is shown again, and nothing ends")
    void showsAgainWhatChanged() throws Exception {
        Grant prod = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        String shown = body(send(ERIN, "/grants/revoke", "what", "all", "reason", "Incident"));
        Grant later = grant(MALLORY, DEV, PagesHouse.NOW, "ACTIVE");

        String again = body(sendAsShown(ERIN, "/grants/revoke", shown));

        assertThat(again).contains("has changed since you looked", "It ends <span>2 grants</span> now");
        assertThat(endedBy(prod)).isEmpty();
        sendAsShown(ERIN, "/grants/revoke", again).andExpect(redirectedUrl("/grants"));
        assertThat(endedBy(prod)).isEqualTo(ERIN);
        assertThat(endedBy(later)).isEqualTo(ERIN);
    }

    @Test
    @DisplayName("R55 a scope takes everything below with it, and other accounts keep theirs")
    void revokesAScope() throws Exception {
        Grant prod = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");
        Grant dev = grant(ALICE, DEV, PagesHouse.NOW, "ACTIVE");

        String shown =
                body(send(ERIN, "/grants/revoke", "what", "scope", "scope", "ou-production", "reason", "Incident"));
        assertThat(shown).contains("Production (ou-production) and below", "It ends <span>1 grant</span> now");
        sendAsShown(ERIN, "/grants/revoke", shown).andExpect(redirectedUrl("/grants"));

        assertThat(endedBy(prod)).isEqualTo(ERIN);
        assertThat(endedBy(dev)).isEmpty();
    }

    @Test
    void revokingManySaysAtEachFieldWhatIsWrong() throws Exception {
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");

        send(ERIN, "/grants/revoke", "what", "person", "person", HOSTILE, "reason", " ")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a person of this organisation.")))
                .andExpect(content().string(containsString("must have 1 to 2000 characters, not blank.")))
                .andExpect(content().string(containsString("value=\"&lt;script&gt;")));
        send(ERIN, "/grants/revoke", "what", "person", "reason", "Incident")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is missing; give a user name.")));
        send(ERIN, "/grants/revoke", "reason", "Incident")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("Say whose grants")));
        send(ERIN, "/grants/revoke", "what", "scope", "scope", "r-globex", "reason", "Incident")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a scope of this organisation.")));

        assertThat(endedBy(grant)).isEmpty();
    }

    @Test
    @DisplayName("R70 revoking many is an administrator's")
    void othersDoNotRevokeMany() throws Exception {
        Grant grant = grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");

        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, PETRA, GUS}) {
            assertThat(body(look(person, "/grants"))).doesNotContain("/grants/revoke");
            look(person, "/grants/revoke").andExpect(status().isForbidden());
            send(person, "/grants/revoke", "what", "all", "reason", "Mine").andExpect(status().isForbidden());
        }
        assertNeedsToken(ERIN, "/grants/revoke", "what", "all", "reason", "Incident");
        assertThat(endedBy(grant)).isEmpty();
    }

    @Test
    @DisplayName("R70 every form carries a token, every field a label, every table a caption")
    void pagesAreSound() throws Exception {
        grant(ALICE, PROD, PagesHouse.NOW, "ACTIVE");

        assertSound(ERIN, "/grants");
        assertSound(ERIN, "/grants/revoke?what=scope&scope=r-acme");
    }

    private static int rows(String page) {
        return count(page, "<td data-label=\"State\"");
    }

    private static Set<String> ids(String page) {
        Set<String> ids = new HashSet<>();
        Matcher matcher = Pattern.compile("/grants/([0-9a-f-]{36})/end").matcher(page);
        while (matcher.find()) {
            ids.add(matcher.group(1));
        }
        return ids;
    }
}
