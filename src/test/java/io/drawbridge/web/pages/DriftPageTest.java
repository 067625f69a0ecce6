package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.DriftFinding;
import io.drawbridge.grant.DriftFindingId;
import io.drawbridge.grant.DriftFindings;
import io.drawbridge.identity.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DriftPageTest extends Office {
    private static final String DRIFT = "/drift";

    @Autowired
    private DriftFindings findings;

    @Test
    @DisplayName("R56 R70 administrators and operations see what does not agree, and only administrators choose")
    void showsWhatDoesNotAgree() throws Exception {
        DriftFinding held = heldBack("acme", PagesHouse.NOW);
        heldBack("globex", PagesHouse.NOW);

        assertThat(body(look(ERIN, DRIFT)))
                .contains("A sweep would have removed too much at once", "HELD_BACK", "Twelve of them.")
                .contains("/drift/" + held.id() + "/resolve", "value=\"remove\"", "value=\"keep\"");
        assertThat(body(look(OSCAR, DRIFT)))
                .contains("Twelve of them.")
                .doesNotContain("/resolve\"", "/drift/reconcile");
        assertThat(count(body(look(ERIN, DRIFT)), "Twelve of them")).isEqualTo(1);
        send(OSCAR, DRIFT + "/" + held.id() + "/resolve", "choice", "remove", "reason", "Mine")
                .andExpect(status().isForbidden());
        send(OSCAR, DRIFT + "/reconcile").andExpect(status().isForbidden());
        for (String person : new String[] {ALICE, BOB, VICTOR, PETRA, GUS}) {
            look(person, DRIFT).andExpect(status().isForbidden());
            send(person, DRIFT + "/" + held.id() + "/resolve", "choice", "remove", "reason", "Mine")
                    .andExpect(status().isNotFound());
            send(person, DRIFT + "/reconcile").andExpect(status().isForbidden());
        }
        assertNeedsToken(ERIN, DRIFT + "/" + held.id() + "/resolve", "choice", "remove", "reason", "Yes");
        assertThat(stateOf(held)).isEqualTo(DriftFinding.State.HELD_BACK);
    }

    @Test
    @DisplayName("R56 an administrator chooses what becomes of what was held back, with a reason")
    void choosesWhatBecomesOfIt() throws Exception {
        DriftFinding held = heldBack("acme", PagesHouse.NOW);
        String path = DRIFT + "/" + held.id() + "/resolve";

        send(ERIN, path, "choice", HOSTILE, "reason", " ")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must be one of remove, keep.")))
                .andExpect(content().string(containsString("must have 1 to 2000 characters, not blank.")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(ERIN, path, "choice", "keep", "reason", HOSTILE)
                .andExpect(redirectedUrl(DRIFT))
                .andExpect(flash().attribute("done", containsString("You have chosen.")));

        assertThat(stateOf(held)).isEqualTo(DriftFinding.State.RESOLVED);
        assertThat(body(look(ERIN, DRIFT))).contains("The cloud and Drawbridge agree.");
        assertThat(body(look(ERIN, DRIFT + "?all=true")))
                .contains("keep, by " + ERIN, "&lt;script&gt;")
                .doesNotContain("<script>alert");
        send(ERIN, path, "choice", "keep", "reason", "Again")
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("is settled; there is nothing to choose any more.")));
        assertThat(actions()).contains("drift.decided");
    }

    @Test
    @DisplayName("R56 an administrator has the cloud compared at once, and is told what was found")
    void comparesNow() throws Exception {
        send(ERIN, DRIFT + "/reconcile")
                .andExpect(redirectedUrl(DRIFT))
                .andExpect(flash().attribute("done", containsString("Compared with the cloud: 0 missing")));
    }

    @Test
    void olderFindingsStandOnFurtherPages() throws Exception {
        for (int each = 0; each < 30; each++) {
            DriftFinding held = heldBack("acme", PagesHouse.NOW.minusSeconds(each));
            database.sql("update drift_finding set open_key = null, state = 'OPEN', subject = ? where id = ?")
                    .params("object-" + each, held.id().value())
                    .update();
        }

        String first = body(look(ERIN, DRIFT));
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]*)\"").matcher(first);
        assertThat(next.find()).isTrue();
        String second = body(look(ERIN, next.group(1).replace("&amp;", "&")));

        assertThat(first).contains("object-0<", "object-24<").doesNotContain("object-25<");
        assertThat(second).contains("object-25<", "object-29<").doesNotContain("object-24<");
    }

    @Test
    @DisplayName("R70 every form carries a token, and every field a label")
    void pageIsSound() throws Exception {
        heldBack("acme", PagesHouse.NOW);

        assertSound(ERIN, DRIFT);
    }

    private DriftFinding heldBack(String tenant, Instant firstSeen) {
        DriftFinding finding = new DriftFinding(new DriftFinding.Stored(
                DriftFindingId.random(),
                new TenantId(tenant),
                DriftFinding.Kind.MASS_REMOVAL,
                "everything that no living grant explains",
                "Twelve of them.",
                List.of(DriftFinding.REMOVE, DriftFinding.KEEP),
                DriftFinding.State.HELD_BACK,
                firstSeen,
                firstSeen,
                2,
                null,
                null,
                null,
                null,
                null));
        committing(() -> {
            database.sql("update drift_finding set open_key = null").update();
            findings.add(finding);
        });
        return finding;
    }

    private DriftFinding.State stateOf(DriftFinding finding) {
        return findings.find(finding.id()).orElseThrow().state();
    }
}
