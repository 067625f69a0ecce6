package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.not;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.RequestWorkflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@SpringBootTest(
        classes = PagesHouse.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:pages;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "spring.config.name=none",
            "drawbridge.cloud.type=dry-run"
        })
@AutoConfigureMockMvc
@ActiveProfiles("demo")
class PagesTest {
    private static final String HOSTILE = "<script>alert('x')</script>";
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";

    @Autowired
    private MockMvc browser;

    @Autowired
    private AccessRequests requests;

    @Autowired
    private Grants grants;

    @Autowired
    private PagesHouse.FakeWorkflow workflow;

    @Autowired
    private PagesHouse.FakePolicies policies;

    @Autowired
    private JdbcClient database;

    @Autowired
    private PlatformTransactionManager transactions;

    @AfterEach
    void empty() {
        policies.denying = false;
        workflow.clocks.clear();
        for (String table : new String[] {
            "lease",
            "access_grant",
            "policy_decision",
            "request_message",
            "request_rung",
            "request_identity_user",
            "access_request",
            "notice"
        }) {
            database.sql("delete from " + table).update();
        }
    }

    @Test
    void firstVisitorIsToldWhatToDo() throws Exception {
        look(ALICE, "/requests")
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("There is nothing here yet")))
                .andExpect(content().string(containsString("DEMO")));
    }

    @Test
    void firstVisitorIsLedThroughTheMainJob() throws Exception {
        String first = body(look(ALICE, "/requests"));
        assertThat(first).contains("Your first request, in three steps", "ask to delete a bucket");
        Matcher link = Pattern.compile("href=\"(/requests/new\\?[^\"]*)\"").matcher(first);
        assertThat(link.find()).isTrue();
        assertThat(body(look(ALICE, link.group(1).replace("&amp;", "&"))))
                .as("the form that the guide leads to")
                .contains("value=\"s3:DeleteBucket\"", "It would go to the approvers");

        AccessRequest request = pending("Clean up");
        assertThat(body(look(ALICE, "/requests"))).contains("sign in as <code>bob</code>");
        assertThat(body(look(BOB, "/requests"))).contains("Open the request</a>, write a message");

        Grant grant = approved(request);
        assertThat(body(look(ALICE, "/requests"))).contains("The access is open now");

        database.sql("update access_grant set state = 'REVOKED' where id = ?")
                .param(grant.id().value())
                .update();
        assertThat(body(look(ALICE, "/requests"))).contains("That was the whole job");
    }

    @Test
    void guideIsClosedForGood() throws Exception {
        var closed = browser.perform(post("/guide/close").with(user(ALICE)).with(csrf()))
                .andExpect(redirectedUrl("/requests"))
                .andReturn()
                .getResponse()
                .getCookie("drawbridge-guide-closed");

        assertThat(closed).isNotNull();
        browser.perform(get("/requests").cookie(closed).with(user(ALICE)))
                .andExpect(content().string(not(containsString("in three steps"))));
    }

    @Test
    @DisplayName("R71 the table shows status, request, time, approvers and action, and what waits for the viewer first")
    void tableShowsWhatWaits() throws Exception {
        AccessRequest request = pending("Clean up");

        String page = body(look(BOB, "/requests"));

        assertThat(page)
                .contains("Waiting for you", "PENDING", "s3:DeleteBucket", "payments-prod", "Bob Baker", "Decide")
                .contains("datetime=\"2026-01-15T12:00:00Z\"")
                .contains("/requests/" + request.id());
        assertThat(body(look("mallory@acme.example", "/requests"))).doesNotContain("s3:DeleteBucket</code> in");
        assertThat(body(look(BOB, "/requests?status=DENIED"))).contains("Nothing matches");
    }

    @Test
    @DisplayName("R71 older requests stand on further pages, each once")
    void pagesFollowTheCursor() throws Exception {
        for (int each = 0; each < 30; each++) {
            pending("Clean up").id();
            database.sql("update access_request set open_key = null, status = 'EXPIRED'")
                    .update();
        }

        String first = body(look(ALICE, "/requests"));
        Matcher next =
                Pattern.compile("href=\"(/requests\\?[^\"]*cursor=[^\"]*)\"").matcher(first);
        assertThat(next.find()).isTrue();
        String second = body(look(ALICE, next.group(1).replace("&amp;", "&")));

        Set<String> firstIds = ids(first);
        Set<String> secondIds = ids(second);
        assertThat(firstIds).hasSize(25);
        assertThat(secondIds).hasSize(5).doesNotContainAnyElementsOf(firstIds);
    }

    @Test
    @DisplayName("R71 the table is narrowed by status, account, service, requester, one's own and what is with one")
    void tableIsNarrowed() throws Exception {
        AccessRequest request = pending("Clean up");
        String link = "<a href=\"/requests/" + request.id() + "\"><code>";

        for (String narrowed : List.of(
                "status=PENDING",
                "account=111122223333",
                "service=s3",
                "requester=alice",
                "requester=ALICE@acme.example",
                "show=decide",
                "q=clean",
                "show=decide&status=PENDING&account=111122223333&service=s3&requester=alice&q=Clean%20up",
                "status=NONSENSE")) {
            assertThat(body(look(BOB, "/requests?" + narrowed))).as(narrowed).contains(link);
        }
        for (String narrowed : List.of(
                "status=DENIED",
                "account=444455556666",
                "service=ec2",
                "service=s",
                "service=%25",
                "requester=mallory",
                "show=mine",
                "q=nothing%20of%20that")) {
            assertThat(body(look(BOB, "/requests?" + narrowed)))
                    .as(narrowed)
                    .doesNotContain(link)
                    .contains("Nothing matches");
        }
        assertThat(body(look(ALICE, "/requests?show=mine"))).contains(link);
        assertThat(body(look(ALICE, "/requests?show=decide"))).doesNotContain(link);
        assertThat(body(look("carol@acme.example", "/requests?show=decide")))
                .as("who was not asked yet")
                .doesNotContain(link);
    }

    @Test
    @DisplayName("R71 further pages keep what the table is narrowed to, whatever was typed")
    void pagesKeepTheFilter() throws Exception {
        for (int each = 0; each < 26; each++) {
            pending("50 % & more = <b>fun</b>").id();
            database.sql("update access_request set open_key = null, status = 'EXPIRED'")
                    .update();
        }

        String first = body(look(ALICE, "/requests?status=EXPIRED&q=50%20%25%20%26%20more%20%3D%20%3Cb%3E"));
        Matcher next =
                Pattern.compile("href=\"(/requests\\?[^\"]*cursor=[^\"]*)\"").matcher(first);
        assertThat(next.find()).isTrue();
        String second = body(look(ALICE, next.group(1).replace("&amp;", "&")));

        assertThat(ids(second)).hasSize(1);
        assertThat(second).contains("value=\"50 % &amp; more = &lt;b&gt;\"");
    }

    @Test
    @DisplayName("R43 R24 several are denied by one message, each by itself, and each says how it went")
    void severalAreDeniedAtOnce() throws Exception {
        AccessRequest his = pending("Clean up");
        AccessRequest gone = pending("Once more", "s3:DeleteBucketPolicy");
        assertThat(body(look(BOB, "/requests")))
                .contains(
                        "Deny several at once",
                        "name=\"request\"",
                        his.id().value(),
                        gone.id().value());
        database.sql("update access_request set open_key = null, status = 'EXPIRED' where id = ?")
                .param(gone.id().value())
                .update();

        String unknown = "00000000-0000-0000-0000-000000000000";
        browser.perform(post("/requests/deny")
                        .param("request", his.id().value(), gone.id().value(), unknown, "nonsense")
                        .param("text", "Not today.")
                        .with(user(BOB))
                        .with(csrf()))
                .andExpect(redirectedUrl("/requests"))
                .andExpect(flash().attribute("outcomes", hasSize(4)))
                .andExpect(flash().attribute("outcomes", hasItem(hasToString(containsString("true, words=denied")))));

        assertThat(statusOf(his)).isEqualTo(RequestStatus.DENIED);
        assertThat(statusOf(gone)).isEqualTo(RequestStatus.EXPIRED);
    }

    @Test
    @DisplayName("R43 R24 several are not denied without a message, without a choice, or by who may not decide")
    void severalAreNotDenied() throws Exception {
        AccessRequest request = pending("Clean up");

        for (String[] tried : new String[][] {{BOB, " "}, {ALICE, "No."}, {"victor@acme.example", "No."}}) {
            browser.perform(post("/requests/deny")
                            .param("request", request.id().value())
                            .param("text", tried[1])
                            .with(user(tried[0]))
                            .with(csrf()))
                    .andExpect(redirectedUrl("/requests"))
                    .andExpect(flash().attribute("outcomes", hasItem(hasToString(containsString("not denied")))));
        }
        browser.perform(post("/requests/deny")
                        .param("text", "No.")
                        .with(user(BOB))
                        .with(csrf()))
                .andExpect(flash().attribute("failed", containsString("choose the requests")));
        browser.perform(post("/requests/deny")
                        .param("request", request.id().value())
                        .param("text", "No.")
                        .with(user(BOB)))
                .andExpect(status().isForbidden());

        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R46 a page that records that it was read does not fetch itself again")
    void aRecordedReadingIsNotRepeated() throws Exception {
        AccessRequest request = pending("Clean up");

        assertThat(body(look("erin@acme.example", "/requests/" + request.id())))
                .contains("data-live-page", "Read the messages");
        assertThat(body(look("erin@acme.example", "/requests/" + request.id() + "?thread=true")))
                .doesNotContain("data-live-page");
    }

    @Test
    @DisplayName("R17 R34 a link fills the form, and shows at once what would happen and which durations can be asked")
    void aLinkFillsTheForm() throws Exception {
        String page = body(look(
                ALICE,
                "/requests/new?account=111122223333&permission=s3:DeleteBucket&duration=PT2H&justification=Because"));

        assertThat(page)
                .contains("It would go to the approvers", "Bob Baker", "asked first", "require-protected")
                .contains("<option value=\"PT2H\" selected=\"selected\">")
                .contains("<option value=\"PT8H\"")
                .doesNotContain("<option value=\"P7D\"")
                .contains("value=\"s3:DeleteBucket\"", ">Because</textarea>");
        assertThat(database.sql("select count(*) from access_request")
                        .query(Integer.class)
                        .single())
                .isZero();
        look(ALICE, "/requests/new?account=111122223333&permission=s3:NoSuchThing")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("permission-wrong")));
    }

    @Test
    @DisplayName("R17 the form offers what a control closes in the account that was chosen")
    void offersWhatIsClosed() throws Exception {
        assertThat(body(look(ALICE, "/requests/new/offers?account=111122223333")))
                .contains("s3:DeleteBucket");
        database.sql(
                        "insert into control (tenant_id, scope_id, service, control) values ('acme', '111122223333', 's3', 'NONE')")
                .update();
        try {
            assertThat(body(look(ALICE, "/requests/new/offers?account=111122223333")))
                    .isEqualTo("[]");
            assertThat(body(look(ALICE, "/requests/new/offers?account=444455556666")))
                    .contains("s3:DeleteBucket");
        } finally {
            database.sql("delete from control where tenant_id = 'acme' and scope_id = '111122223333'")
                    .update();
        }
    }

    @Test
    @DisplayName("R70 the navigation leads each person to the pages that are his, and to no other")
    void navigationShowsWhatIsHis() throws Exception {
        Map<String, List<String>> hidden = Map.of(
                "mallory@acme.example",
                List.of("/organization", "/policies", "/audit", "/drift", "/settings", "/channels"),
                BOB,
                List.of("/policies", "/audit", "/drift", "/settings", "/channels"),
                "victor@acme.example",
                List.of("/policies", "/audit", "/drift", "/settings", "/channels"),
                "oscar@acme.example",
                List.of("/organization", "/policies", "/audit", "/settings", "/channels"),
                "petra@acme.example",
                List.of("/organization", "/audit", "/drift", "/settings", "/channels"),
                "erin@acme.example",
                List.of());

        for (var each : hidden.entrySet()) {
            String page = body(look(each.getKey(), "/requests"));
            for (String path : List.of(
                    "/requests",
                    "/requests/new",
                    "/grants",
                    "/organization",
                    "/policies",
                    "/audit",
                    "/drift",
                    "/notices",
                    "/settings",
                    "/channels")) {
                String link = "<a href=\"" + path + "\"";
                if (each.getValue().contains(path)) {
                    assertThat(page).as(each.getKey()).doesNotContain(link);
                } else {
                    assertThat(page).as(each.getKey()).contains(link);
                }
            }
            assertThat(page).contains("<a href=\"/requests\" aria-current=\"page\"");
        }
    }

    @Test
    @DisplayName("R4 every clock stands on the page, for machines and in words")
    void clocksAreShown() throws Exception {
        AccessRequest request = pending("Clean up");
        workflow.clocks.put(
                request.id(),
                new RequestWorkflow.Clocks(
                        PagesHouse.NOW.plus(Duration.ofHours(1)), PagesHouse.NOW.plus(Duration.ofHours(24))));

        String page = body(look(ALICE, "/requests/" + request.id()));

        assertThat(page)
                .contains("escalates at", "datetime=\"2026-01-15T13:00:00Z\"")
                .contains("expires at", "datetime=\"2026-01-16T12:00:00Z\"", "16 Jan 2026, 12:00:00 UTC");
    }

    @Test
    void whatStrangersWroteCannotBecomeMarkup() throws Exception {
        AccessRequest request = pending(HOSTILE);
        act(ALICE, request, "messages", "text", HOSTILE).andExpect(status().is3xxRedirection());

        for (String path :
                new String[] {"/requests/" + request.id(), "/requests?q=" + HOSTILE.replace("/", "%2F"), "/notices"}) {
            assertThat(body(look(BOB, path))).doesNotContain("<script>alert");
        }
        assertThat(body(look(BOB, "/requests/" + request.id()))).contains("&lt;script&gt;alert(&#39;x&#39;)");
        assertThat(body(look("erin@acme.example", "/notices")))
                .contains("could not be handled")
                .doesNotContain("<script>alert");
    }

    @Test
    @DisplayName("R70 every form that changes something carries a CSRF token, and nothing changes without")
    void formsCarryTokens() throws Exception {
        AccessRequest request = pending("Clean up");

        for (String path : new String[] {"/requests/" + request.id(), "/requests/new", "/notices"}) {
            String page = body(look(BOB, path));
            int forms = count(page, "<form[^>]*method=\"post\"");
            assertThat(forms).as(path).isPositive();
            assertThat(count(page, "name=\"_csrf\"")).as(path).isEqualTo(forms);
            assertThat(page)
                    .doesNotContain("style=\"")
                    .doesNotContain("onclick")
                    .doesNotContainPattern("<script(?![^>]*src=)");
        }
        browser.perform(post("/requests/" + request.id() + "/approve")
                        .param("text", "Yes")
                        .with(user(BOB)))
                .andExpect(status().isForbidden());
        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R60 looking decides nothing")
    void lookingDecidesNothing() throws Exception {
        AccessRequest request = pending("Clean up");

        for (String deed : new String[] {"approve", "deny", "cancel", "end", "review", "justify", "abandon"}) {
            look(BOB, "/requests/" + request.id() + "/" + deed + "?text=yes").andExpect(status().is4xxClientError());
        }

        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R34 a duration that is none is refused in the words of the form")
    void wrongDurationIsNamedAsTheFormTakesIt() throws Exception {
        AccessRequest request = pending("Clean up");

        act(BOB, request, "approve", "text", "Fine.", "ownDuration", "banana")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("expected such as 90m, 2h 30m, 3d or forever.")))
                .andExpect(content().string(containsString("value=\"banana\"")));

        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R43 a decision without a message is refused, and what was chosen is kept")
    void decisionNeedsAMessage() throws Exception {
        AccessRequest request = pending("Clean up");

        act(BOB, request, "approve", "text", " ", "ownDuration", "90m")
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is missing; write 1 to 2000 characters.")))
                .andExpect(content().string(containsString("value=\"90m\"")));

        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R44 the approver gives another duration")
    void approverGivesAnotherDuration() throws Exception {
        AccessRequest request = pending("Clean up");

        act(BOB, request, "approve", "text", "Go ahead", "duration", "PT2H", "ownDuration", "1h 30m")
                .andExpect(redirectedUrl("/requests/" + request.id()))
                .andExpect(flash().attribute("done", containsString("approved")));

        assertThat(requests.find(request.id()).orElseThrow().grantedDuration())
                .contains(AccessDuration.of(Duration.ofMinutes(90)));
    }

    @Test
    @DisplayName("R25 the page says so when the policy denies what the approver approved")
    void saysWhenThePolicyDenies() throws Exception {
        AccessRequest request = pending("Clean up");
        policies.denying = true;

        act(BOB, request, "approve", "text", "Go ahead")
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("the policy was asked again and now denies")))
                .andExpect(content().string(containsString("&lt;b&gt;Fridays&lt;/b&gt;")));

        assertThat(statusOf(request)).isEqualTo(RequestStatus.DENIED);
    }

    @Test
    @DisplayName("R1 R24 what cannot be done is said on the page, and changes nothing")
    void refusalsAreSaid() throws Exception {
        AccessRequest request = pending("Clean up");

        act(ALICE, request, "approve", "text", "For me").andExpect(status().isForbidden());
        act(ALICE, request, "justify", "text", "Again")
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("it is PENDING since")));

        assertThat(statusOf(request)).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R30 the requester justifies on the page or says No")
    void requesterJustifies() throws Exception {
        AccessRequest request = opened();
        assertThat(body(look(ALICE, "/requests/" + request.id())))
                .contains("Why do you need it?", "No, I do not need it", "8 hours")
                .doesNotContain("12 hours");

        act(ALICE, request, "justify", "text", "Clean up", "duration", "PT4H").andExpect(status().is3xxRedirection());

        assertThat(requests.find(request.id()).orElseThrow().justification()).contains("Clean up");
        act(ALICE, request, "abandon").andExpect(status().is3xxRedirection());
        assertThat(statusOf(request)).isEqualTo(RequestStatus.ABANDONED);
    }

    @Test
    @DisplayName("R53 access that may still be on is said loudly")
    void saysThatAccessMayStillBeOn() throws Exception {
        AccessRequest request = pending("Clean up");
        approved(request);
        assertThat(body(look(ALICE, "/requests/" + request.id())))
                .contains("access ends at", "datetime=\"2026-01-15T14:00:00Z\"", "End the access now")
                .doesNotContain("Access may still be on");

        database.sql("update access_grant set state = 'REVOKE_OVERDUE'").update();

        assertThat(body(look(ALICE, "/requests/" + request.id()))).contains("Access may still be on");
        assertThat(body(look(ALICE, "/requests"))).contains("Access may still be on");
    }

    @Test
    @DisplayName("R70 what one may not read looks as if it were not there")
    void strangersFindNothing() throws Exception {
        AccessRequest request = pending("Clean up");

        look("mallory@acme.example", "/requests/" + request.id())
                .andExpect(status().isNotFound())
                .andExpect(content().string(containsString("There is nothing here")));
        look("gus@globex.example", "/requests/" + request.id()).andExpect(status().isNotFound());
        act("mallory@acme.example", request, "approve", "text", "Yes").andExpect(status().isNotFound());
    }

    @Test
    @DisplayName("R46 an administrator reads the thread only when he asks to, and that is recorded")
    void administratorReadsTheThreadOnRecord() throws Exception {
        AccessRequest request = pending("Clean up");
        act(ALICE, request, "messages", "text", "Please be quick").andExpect(status().is3xxRedirection());

        assertThat(body(look("erin@acme.example", "/requests/" + request.id()))).doesNotContain("Please be quick");
        String page = body(look("erin@acme.example", "/requests/" + request.id() + "?thread=true"));

        assertThat(page).contains("Please be quick", "read the messages as an administrator");
        assertThat(body(look("victor@acme.example", "/requests/" + request.id() + "?thread=true")))
                .doesNotContain("Please be quick");
    }

    @Test
    @DisplayName("R17 the form offers no account that was closed")
    void offersNoClosedAccount() throws Exception {
        database.sql("update scope set closed = true where id = '444455556666'").update();
        try {
            assertThat(body(look(ALICE, "/requests/new")))
                    .contains("value=\"111122223333\"")
                    .doesNotContain("value=\"444455556666\"");
        } finally {
            database.sql("update scope set closed = false").update();
        }
    }

    @Test
    @DisplayName("R17 asking by a form previews first, keeps what was typed, and then opens the request")
    void asksByAForm() throws Exception {
        assertThat(body(look(ALICE, "/requests/new"))).contains("payments-prod", "value=\"s3:DeleteBucket\"");
        browser.perform(ask("preview", "true", "account", "111122223333", "permission", "s3:DeleteBucket"))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("It would go to the approvers.")))
                .andExpect(content().string(containsString("Bob Baker")));
        browser.perform(ask("account", "111122223333", "permission", "s3:Nothing", "justification", HOSTILE))
                .andExpect(status().isUnprocessableEntity())
                .andExpect(content().string(containsString("is not a privileged permission")))
                .andExpect(content().string(containsString("&lt;script&gt;")))
                .andExpect(content().string(not(containsString("<script>alert"))));

        browser.perform(ask("account", "111122223333", "permission", "s3:DeleteBucket", "justification", "Clean up"))
                .andExpect(status().is3xxRedirection());
        browser.perform(ask("account", "111122223333", "permission", "s3:DeleteBucket", "justification", "Clean up"))
                .andExpect(status().isConflict())
                .andExpect(content().string(containsString("Open the request that is already there")));
    }

    @Test
    void demoLoginsAreListedBeforeTheLogin() throws Exception {
        browser.perform(get("/login?error"))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("User name or password is wrong.")))
                .andExpect(content().string(containsString("mallory")))
                // Only what is open to everybody is loaded here: a script behind the login would become the page asked
                // for.
                .andExpect(content().string(not(containsString("<script"))))
                .andExpect(content().string(containsString("name=\"_csrf\"")));
    }

    private AccessRequest opened() {
        AccessRequest request = fresh();
        committing(() -> requests.add(request));
        return request;
    }

    private Grant approved(AccessRequest request) throws Exception {
        act(BOB, request, "approve", "text", "Go ahead").andExpect(status().is3xxRedirection());
        Grant grant = Grant.opened(
                request.tenant(),
                request.id(),
                request.requester(),
                request.identity(),
                request.account(),
                request.entitlement(),
                PagesHouse.NOW,
                PagesHouse.NOW.plus(Duration.ofHours(2)),
                false,
                Way.SCP_EXEMPTION,
                request.entitlement(),
                PagesHouse.NOW);
        committing(() -> grants.add(grant));
        return grant;
    }

    private AccessRequest pending(String justification) {
        return pending(justification, "s3:DeleteBucket");
    }

    private AccessRequest pending(String justification, String permission) {
        AccessRequest request = fresh(permission);
        request.justify(justification, AccessDuration.of(Duration.ofHours(2)), null, false);
        request.sendToApprovers(PagesHouse.NOW);
        committing(() -> {
            requests.add(request);
            requests.addRung(
                    request.id(),
                    new AccessRequests.Rung(
                            0, new ScopeId("111122223333"), List.of(new PersonId(BOB)), PagesHouse.NOW));
        });
        return request;
    }

    private static AccessRequest fresh() {
        return fresh("s3:DeleteBucket");
    }

    private static AccessRequest fresh(String permission) {
        return AccessRequest.opened(
                new TenantId("acme"),
                new PersonId(ALICE),
                new Identity(Identity.Type.SSO_USER, "arn:aws:sts::111122223333:assumed-role/x/" + ALICE, ALICE),
                new ScopeId("111122223333"),
                "r-acme/ou-workloads/ou-production/111122223333",
                PermissionName.parse(permission),
                AccessRequest.Origin.EVENT,
                Liftable.YES,
                null,
                null,
                false,
                null,
                false,
                Set.of(),
                PagesHouse.NOW);
    }

    private RequestStatus statusOf(AccessRequest request) {
        return requests.find(request.id()).orElseThrow().status();
    }

    private void committing(Runnable deed) {
        new TransactionTemplate(transactions).executeWithoutResult(transaction -> deed.run());
    }

    private ResultActions look(String person, String path) throws Exception {
        return browser.perform(get(java.net.URI.create(
                        path.replace("<", "%3C").replace(">", "%3E").replace("'", "%27")))
                .with(user(person)));
    }

    private ResultActions act(String person, AccessRequest request, String deed, String... fields) throws Exception {
        var call = post("/requests/" + request.id() + "/" + deed)
                .with(user(person))
                .with(csrf());
        for (int each = 0; each < fields.length; each += 2) {
            call.param(fields[each], fields[each + 1]);
        }
        return browser.perform(call);
    }

    private static org.springframework.test.web.servlet.RequestBuilder ask(String... fields) {
        var call = org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request(
                        HttpMethod.POST, "/requests/new")
                .with(user(ALICE))
                .with(csrf());
        for (int each = 0; each < fields.length; each += 2) {
            call.param(fields[each], fields[each + 1]);
        }
        return call;
    }

    private static String body(ResultActions answer) throws Exception {
        return answer.andExpect(status().isOk()).andReturn().getResponse().getContentAsString();
    }

    private static Set<String> ids(String page) {
        Set<String> ids = new java.util.HashSet<>();
        Matcher matcher = Pattern.compile("/requests/([0-9a-f-]{36})").matcher(page);
        while (matcher.find()) {
            ids.add(matcher.group(1));
        }
        return ids;
    }

    private static int count(String page, String pattern) {
        return (int) Pattern.compile(pattern).matcher(page).results().count();
    }
}
