package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.Assignments;
import io.drawbridge.organization.Controls;
import io.drawbridge.organization.Owners;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Scopes;
import io.drawbridge.organization.Way;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class OrganizationPageTest extends Office {
    private static final String SCOPE = "/organization/scopes/";
    private static final String CAROL = "carol@acme.example";
    private static final String HEAD = "scope,name,approvers,self_approval\n";

    @Autowired
    private Assignments assignments;

    @Autowired
    private Scopes scopes;

    @Autowired
    private Controls controls;

    @Autowired
    private Owners owners;

    private List<java.util.Map<String, Object>> approversBefore = List.of();
    private List<java.util.Map<String, Object>> ownersBefore = List.of();

    @BeforeEach
    void remember() {
        approversBefore = database.sql("select * from approver").query().listOfRows();
        ownersBefore = database.sql("select * from identity_owner").query().listOfRows();
    }

    @AfterEach
    void asItWas() {
        database.sql("delete from approver").update();
        approversBefore.forEach(row -> database.sql(
                        "insert into approver (tenant_id, scope_id, person_id, assigned_at) values (?, ?, ?, ?)")
                .params(row.get("TENANT_ID"), row.get("SCOPE_ID"), row.get("PERSON_ID"), row.get("ASSIGNED_AT"))
                .update());
        database.sql("delete from identity_owner").update();
        ownersBefore.forEach(row -> database.sql(
                        "insert into identity_owner (tenant_id, position, pattern, owner_id) values (?, ?, ?, ?)")
                .params(row.get("TENANT_ID"), row.get("POSITION"), row.get("PATTERN"), row.get("OWNER_ID"))
                .update());
        database.sql("delete from control_exemption").update();
        database.sql("delete from control where scope_id <> 'r-acme' and scope_id <> 'r-globex'")
                .update();
        database.sql("update scope set self_approval = null where id <> 'ou-sandbox'")
                .update();
        database.sql("delete from scope where id like '9%' and tenant_id = 'acme'")
                .update();
        database.sql("update scope set name = 'payments-prod' where id = '111122223333'")
                .update();
    }

    @Test
    @DisplayName("R70 everybody of the organisation reads the tree, and only administrators are offered changes")
    void showsTheTree() throws Exception {
        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, PETRA, MALLORY}) {
            assertThat(body(look(person, "/organization")))
                    .as(person)
                    .contains("Acme", "Workloads", "payments-prod", "Bob Baker (bob@acme.example)", "protected: ")
                    .contains("href=\"/organization/scopes/111122223333\"")
                    .doesNotContain("Globex", "/organization/owners");
            assertThat(body(look(person, SCOPE + PROD)))
                    .as(person)
                    .contains("Dave", "Carol", "Amazon S3")
                    .doesNotContain("method=\"post\" action=\"/organization");
        }
        assertThat(body(look(ERIN, "/organization"))).contains("/organization/owners", "/organization/approvers");
        assertThat(body(look(GUS, "/organization"))).contains("globex-main").doesNotContain("payments-prod");
        look(GUS, SCOPE + PROD).andExpect(status().isNotFound());
        look(ERIN, SCOPE + "nowhere").andExpect(status().isNotFound());
        look(ERIN, SCOPE + "%20").andExpect(status().isNotFound());
        send(ERIN, SCOPE + "nowhere/controls", "service", "s3", "control", "none")
                .andExpect(status().isNotFound());
    }

    @Test
    void findsScopesByNameNumberAndApprover() throws Exception {
        assertThat(body(look(VICTOR, "/organization?q=PAYMENTS"))).contains("payments-prod", "payments-dev");
        assertThat(body(look(VICTOR, "/organization?q=4444")))
                .contains("payments-dev", "Acme / Workloads / Development / payments-dev")
                .doesNotContain("payments-prod");
        assertThat(body(look(VICTOR, "/organization?q=baker")))
                .contains("payments-prod")
                .doesNotContain("payments-dev");
        assertThat(body(look(VICTOR, "/organization?q=" + HOSTILE)))
                .contains("No scope has that")
                .doesNotContain("<script>alert");
    }

    @Test
    void thousandAccountsStayUsable() throws Exception {
        for (int each = 0; each < 1000; each++) {
            database.sql("insert into scope (tenant_id, id, parent_id, kind, name, environment) values ('acme', ?,"
                            + " 'ou-production', 'ACCOUNT', ?, '')")
                    .params(String.format("9%011d", each), "team-" + each)
                    .update();
        }

        String page = body(look(VICTOR, "/organization"));
        assertThat(page).contains("1001 accounts", "team-999");
        assertThat(count(page, "<details open")).isEqualTo(1);
        assertThat(body(look(VICTOR, "/organization?q=team"))).contains("These are the first; there are more.");
        assertThat(body(look(VICTOR, "/organization?q=team-777")))
                .contains("team-777")
                .doesNotContain("there are more");
    }

    @Test
    @DisplayName("R33 R40 a scope shows its own approvers and those above, and where self-approval comes from")
    void showsWhatIsInherited() throws Exception {
        assertThat(body(look(VICTOR, SCOPE + DEV)))
                .contains("<strong>here</strong>", "nobody", "Carol", "Dave", "off: nobody decides his own request");
        assertThat(body(look(VICTOR, SCOPE + "777788889999")))
                .contains("on: who is an approver here may decide his own requests", ", set at", "Sandbox");
    }

    @Test
    @DisplayName("R42 an administrator changes who approves, and it is audited")
    void changesApprovers() throws Exception {
        assertThat(body(look(ERIN, SCOPE + PROD))).contains("value=\"bob@acme.example\"", "checked");

        send(ERIN, SCOPE + PROD + "/approvers", "add", CAROL + " " + ALICE, "selfApproval", "on")
                .andExpect(redirectedUrl(SCOPE + PROD))
                .andExpect(flash().attribute("done", containsString("as you chose")));

        assertThat(approversOf(PROD)).containsExactlyInAnyOrder(CAROL, ALICE);
        assertThat(scopes.find(ACME, new ScopeId(PROD)).orElseThrow().selfApproval())
                .isTrue();
        assertThat(actions()).containsExactly("scope.approvers_assigned");
    }

    @Test
    @DisplayName("R45 below this point, the approvers assigned before are overridden, and the form says whose")
    void overridesBelow() throws Exception {
        assertThat(body(look(ERIN, SCOPE + "ou-workloads")))
                .contains("removes those of", "Production", "Development", "payments-prod");

        send(ERIN, SCOPE + "ou-workloads/approvers", "add", ALICE, "overrideBelow", "true")
                .andExpect(status().is3xxRedirection());

        assertThat(approversOf("ou-workloads")).containsExactly(ALICE);
        assertThat(approversOf(PROD)).isEmpty();
        assertThat(approversOf("ou-production")).isEmpty();
        assertThat(approversOf("r-acme")).containsExactly("dave@acme.example");
    }

    @Test
    void whatIsWrongStandsAtItsFieldAndWhatWasTypedStays() throws Exception {
        send(ERIN, SCOPE + PROD + "/approvers", "approver", BOB, "add", HOSTILE, "selfApproval", "off")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a person of this organisation")))
                .andExpect(
                        content().string(containsString("value=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\"")))
                .andExpect(content().string(containsString("value=\"off\" selected")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(ERIN, SCOPE + PROD + "/approvers", "add", "gus@globex.example")
                .andExpect(status().isUnprocessableEntity());

        assertThat(approversOf(PROD)).containsExactly(BOB);
        assertThat(actions()).isEmpty();
    }

    @Test
    @DisplayName("R70 only administrators change the organisation, and only their own")
    void othersChangeNothing() throws Exception {
        for (String person : new String[] {ALICE, BOB, VICTOR, OSCAR, PETRA}) {
            send(person, SCOPE + PROD + "/approvers", "add", person).andExpect(status().isForbidden());
            send(person, SCOPE + PROD + "/controls", "service", "s3", "control", "none")
                    .andExpect(status().isForbidden());
            for (String path : new String[] {"owners", "approvers", "approvers.csv"}) {
                look(person, "/organization/" + path).andExpect(status().isForbidden());
            }
            send(person, "/organization/owners", "entries", "").andExpect(status().isForbidden());
            send(person, "/organization/approvers", "csv", HEAD).andExpect(status().isForbidden());
        }
        send(GUS, SCOPE + PROD + "/approvers", "add", GUS).andExpect(status().isNotFound());
        send(GUS, SCOPE + PROD + "/controls", "service", "s3", "control", "none")
                .andExpect(status().isNotFound());
        assertNeedsToken(ERIN, SCOPE + PROD + "/approvers", "add", ALICE);
        assertNeedsToken(ERIN, SCOPE + PROD + "/controls", "service", "s3", "control", "none");
        assertNeedsToken(ERIN, "/organization/owners", "entries", "");
        assertNeedsToken(ERIN, "/organization/approvers", "csv", HEAD);
        assertThat(approversOf(PROD)).containsExactly(BOB);
    }

    @Test
    @DisplayName("R10 R16 an administrator protects, disables and exempts, here in place of what is set above")
    void setsControls() throws Exception {
        assertThat(body(look(ERIN, SCOPE + PROD + "?service=s3")))
                .contains("value=\"s3\" selected", "value=\"protected\" required checked");

        send(ERIN, SCOPE + PROD + "/controls", "service", "s3", "control", "disabled", "exempt", ALICE + "\n\narn:x*\n")
                .andExpect(redirectedUrl(SCOPE + PROD));

        assertThat(controls.at(ACME, new ScopeId(PROD)))
                .containsExactly(new Controls.ScopeControl(
                        new ScopeId(PROD),
                        "s3",
                        io.drawbridge.organization.Control.DISABLED,
                        List.of(ALICE, "arn:x*"),
                        Way.SCP_EXEMPTION,
                        null));
        assertThat(actions()).containsExactly("scope.control_set");
        assertThat(body(look(VICTOR, SCOPE + PROD))).contains("disabled", "arn:x*", ALICE);
        assertThat(body(look(ERIN, SCOPE + PROD + "?service=s3")))
                .contains("value=\"disabled\" checked", ALICE + "\narn:x*</textarea>");
    }

    @Test
    void controlsThatCannotBeAreRefusedAtTheirField() throws Exception {
        String path = SCOPE + PROD + "/controls";
        send(ERIN, path, "service", HOSTILE, "control", "protected")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("id=\"service-wrong\"")))
                .andExpect(content().string(not(containsString("<script>alert"))));
        send(ERIN, path, "service", "s3")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("must be protected, disabled or none.")));
        send(ERIN, path, "service", "s3", "control", "protected", "way", "account-assignment")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is missing; choose what is assigned")));
        send(ERIN, path, "service", "s3", "control", "protected", "way", "account-assignment", "permissionSet", "None")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a permission set that Drawbridge may assign")));

        assertThat(controls.at(ACME, new ScopeId(PROD))).isEmpty();
    }

    @Test
    @DisplayName("R12 an administrator says who owns IAM users and roles")
    void changesOwners() throws Exception {
        assertThat(body(look(ERIN, "/organization/owners")))
                .contains("arn:aws:iam::111122223333:role/deploy bob@acme.example</textarea>");

        send(ERIN, "/organization/owners", "entries", "arn:aws:iam::*:user/ci  alice@acme.example\n\n")
                .andExpect(redirectedUrl("/organization/owners"));
        assertThat(owners.of(ACME)).containsExactly(new Owners.Owner("arn:aws:iam::*:user/ci", new PersonId(ALICE)));

        send(
                        ERIN,
                        "/organization/owners",
                        "entries",
                        "arn:aws:iam::*:user/ci alice@acme.example\n" + HOSTILE + " too many")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("Line 2: &quot;&lt;script&gt;")));
        send(ERIN, "/organization/owners", "entries", "role/deploy alice@acme.example")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is no ARN")))
                .andExpect(content().string(containsString("role/deploy alice@acme.example</textarea>")));
        assertThat(owners.of(ACME)).hasSize(1);
        assertThat(actions()).containsExactly("owners.replaced");
    }

    @Test
    @DisplayName("R42 the approvers leave as a file, and the same file changes nothing when it comes back")
    void fileRoundTrip() throws Exception {
        database.sql("update scope set name = '=cmd|'' /C calc''!A0' where id = '111122223333'")
                .update();

        String csv = look(ERIN, "/organization/approvers.csv")
                .andExpect(status().isOk())
                .andExpect(header().string("Content-Disposition", "attachment; filename=\"approvers-acme.csv\""))
                .andExpect(content().contentType("text/csv;charset=UTF-8"))
                .andReturn()
                .getResponse()
                .getContentAsString();

        assertThat(csv.lines().toList())
                .hasSize(9)
                .startsWith("scope,name,approvers,self_approval")
                .anyMatch(line -> line.startsWith("111122223333,\"'=cmd|") || line.startsWith("111122223333,'=cmd|"))
                .contains("ou-sandbox,Sandbox,,on");
        assertThat(body(send(ERIN, "/organization/approvers", "csv", csv)))
                .contains("every line says what holds already", "8 lines change nothing.");
        assertThat(actions()).isEmpty();
    }

    @Test
    @DisplayName("R42 a file shows what it would change, and then changes exactly that, together and audited")
    void fileChangesWhatItShows() throws Exception {
        String csv = HEAD + "111122223333,,carol@acme.example alice@acme.example,on\n444455556666,,bob@acme.example,\n"
                + "r-acme,,dave@acme.example,";

        String shown = body(send(ERIN, "/organization/approvers", "csv", csv));
        assertThat(shown)
                .contains("2 scopes would change", "carol@acme.example, alice@acme.example", "inherited → on")
                .contains("1 line changes nothing.");
        assertThat(approversOf(PROD)).containsExactly(BOB);

        sendAsShown(ERIN, "/organization/approvers", shown)
                .andExpect(redirectedUrl("/organization"))
                .andExpect(flash().attribute("done", containsString("2 scopes")));

        assertThat(approversOf(PROD)).containsExactlyInAnyOrder(CAROL, ALICE);
        assertThat(approversOf(DEV)).containsExactly(BOB);
        assertThat(scopes.find(ACME, new ScopeId(PROD)).orElseThrow().selfApproval())
                .isTrue();
        assertThat(actions()).containsExactly("scope.approvers_assigned", "scope.approvers_assigned");
    }

    @Test
    void fileThatWouldChangeSomethingElseThanShownIsShownAgain() throws Exception {
        String csv = HEAD + "111122223333,,carol@acme.example,";
        String shown = body(send(ERIN, "/organization/approvers", "csv", csv));
        send(ERIN, SCOPE + PROD + "/approvers", "add", ALICE).andExpect(status().is3xxRedirection());

        assertThat(body(sendAsShown(ERIN, "/organization/approvers", shown)))
                .contains("is not what you saw", "alice@acme.example");
        assertThat(approversOf(PROD)).containsExactly(ALICE);
    }

    @Test
    void eachLineThatCannotBeTakenIsNamedAndNothingChanges() throws Exception {
        String csv = "scope;approvers;self_approval\n"
                + "111122223333;carol@acme.example;\n"
                + "999900001111;gus@globex.example;\n"
                + "444455556666;" + HOSTILE + ";\n"
                + "\n"
                + "ou-production;;perhaps\n"
                + "111122223333;bob@acme.example;\n"
                + "r-acme;dave@acme.example;;;\n";

        String page = send(ERIN, "/organization/approvers", "csv", csv)
                .andExpect(status().isUnprocessableEntity())
                .andReturn()
                .getResponse()
                .getContentAsString();

        assertThat(page)
                .containsPattern("data-label=\"Line\">3</td>[^<]*<td[^>]*>&quot;999900001111&quot; is not a scope")
                .containsPattern("data-label=\"Line\">4</td>[^<]*<td[^>]*>&quot;&lt;script&gt;")
                .containsPattern("data-label=\"Line\">6</td>[^<]*<td[^>]*>&quot;perhaps&quot;")
                .containsPattern("data-label=\"Line\">7</td>[^<]*<td[^>]*>&quot;111122223333&quot; stands in line 2")
                .containsPattern("data-label=\"Line\">8</td>[^<]*<td[^>]*>It has 5 cells")
                .doesNotContain("<script>alert", "name=\"seen\"");
        assertThat(approversOf(PROD)).containsExactly(BOB);
    }

    @Test
    void filesThatAreNoneAreRefused() throws Exception {
        for (String csv : new String[] {
            "", " ", "who,what\na,b", "scope,name\nr-acme,x", "scope,approvers\nr-acme,\"open", "x".repeat(200_001)
        }) {
            send(ERIN, "/organization/approvers", "csv", csv)
                    .andExpect(status().isUnprocessableEntity())
                    .andExpect(content().string(not(containsString("name=\"seen\""))));
        }
    }

    @Test
    @DisplayName("R70 every form carries a token, every field a label, every table a caption")
    void pagesAreSound() throws Exception {
        for (String path : new String[] {
            "/organization",
            "/organization?q=pay",
            SCOPE + PROD,
            SCOPE + "r-acme?service=s3",
            "/organization/owners",
            "/organization/approvers"
        }) {
            assertSound(ERIN, path);
        }
        assertSound(VICTOR, SCOPE + PROD);
    }

    private List<String> approversOf(String scope) {
        return assignments
                .approversAt(ACME, List.of(new ScopeId(scope)))
                .getOrDefault(new ScopeId(scope), List.of())
                .stream()
                .map(PersonId::value)
                .toList();
    }
}
