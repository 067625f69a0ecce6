package io.drawbridge.web.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.AuditChain;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.Identity;
import io.drawbridge.request.Liftable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the tests of the pages for administration share: the cast, a browser, and a database that is as it was. */
@SpringBootTest(
        classes = OfficeHouse.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:office;DB_CLOSE_DELAY=-1",
            "spring.flyway.locations=classpath:db/migration,classpath:db/demo",
            "spring.config.name=none",
            "drawbridge.cloud.type=dry-run"
        })
@AutoConfigureMockMvc
@ActiveProfiles("demo")
abstract class Office {
    static final String HOSTILE = "<script>alert('x')</script>";
    static final String ALICE = "alice@acme.example";
    static final String BOB = "bob@acme.example";
    static final String ERIN = "erin@acme.example";
    static final String VICTOR = "victor@acme.example";
    static final String OSCAR = "oscar@acme.example";
    static final String PETRA = "petra@acme.example";
    static final String MALLORY = "mallory@acme.example";
    static final String GUS = "gus@globex.example";
    static final String PROD = "111122223333";
    static final String DEV = "444455556666";
    static final TenantId ACME = new TenantId("acme");

    @Autowired
    MockMvc browser;

    @Autowired
    AccessRequests requests;

    @Autowired
    Grants grants;

    @Autowired
    AuditTrail trail;

    @Autowired
    AuditChain chain;

    @Autowired
    JdbcClient database;

    @Autowired
    PlatformTransactionManager transactions;

    @AfterEach
    void empty() {
        for (String table : new String[] {
            "lease",
            "access_grant",
            "policy_decision",
            "request_rung",
            "access_request",
            "drift_finding",
            "audit_record"
        }) {
            database.sql("delete from " + table).update();
        }
    }

    /** A grant that began at that moment and is on for two hours, in the state given. */
    Grant grant(String person, String account, Instant startsAt, String state) {
        AccessRequest request = AccessRequest.opened(
                ACME,
                new PersonId(person),
                new Identity(Identity.Type.SSO_USER, "arn:aws:sts::" + account + ":assumed-role/x/" + person, person),
                new ScopeId(account),
                "r-acme/" + account,
                PermissionName.parse("s3:DeleteBucket"),
                AccessRequest.Origin.EVENT,
                Liftable.YES,
                null,
                null,
                false,
                null,
                false,
                Set.of(),
                startsAt);
        Grant grant = Grant.opened(
                ACME,
                request.id(),
                request.requester(),
                request.identity(),
                request.account(),
                request.entitlement(),
                startsAt,
                startsAt.plus(Duration.ofHours(2)),
                false,
                Way.SCP_EXEMPTION,
                request.entitlement(),
                startsAt);
        committing(() -> {
            database.sql("update access_request set open_key = null").update();
            requests.add(request);
            database.sql("update access_request set open_key = null, status = 'APPROVED'")
                    .update();
            grants.add(grant);
            database.sql("update access_grant set state = ? where id = ?")
                    .params(state, grant.id().value())
                    .update();
        });
        return grant;
    }

    /** Who has ended it early, empty if nobody has; the engine, which is a fake here, would take it from there. */
    String endedBy(Grant grant) {
        return grants.find(grant.id()).orElseThrow().endedBy().orElse("");
    }

    List<String> actions() {
        return trail.find(ACME, new AuditTrail.Query(null, null, null, null, null, null, 100)).stream()
                .map(AuditTrail.AuditRecord::action)
                .toList();
    }

    void committing(Runnable deed) {
        new TransactionTemplate(transactions).executeWithoutResult(transaction -> deed.run());
    }

    ResultActions look(String person, String path) throws Exception {
        return browser.perform(get(java.net.URI.create(
                        path.replace("<", "%3C").replace(">", "%3E").replace("'", "%27")))
                .with(user(person)));
    }

    /** Sends a form with its token; names and values in turn. */
    ResultActions send(String person, String path, String... fields) throws Exception {
        var call = post(path).with(user(person)).with(csrf());
        for (int each = 0; each < fields.length; each += 2) {
            call.param(fields[each], fields[each + 1]);
        }
        return browser.perform(call);
    }

    /** Sends the form of a page as a browser would, with its hidden fields. */
    ResultActions sendAsShown(String person, String path, String page, String... fields) throws Exception {
        var call = post(path).with(user(person)).with(csrf());
        Matcher hidden = Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                .matcher(page);
        while (hidden.find()) {
            if (!hidden.group(1).equals("_csrf")) {
                call.param(hidden.group(1), org.springframework.web.util.HtmlUtils.htmlUnescape(hidden.group(2)));
            }
        }
        for (int each = 0; each < fields.length; each += 2) {
            call.param(fields[each], fields[each + 1]);
        }
        return browser.perform(call);
    }

    /** Nothing changes without a token, and every form of the page carries one; nothing is written into the page. */
    void assertSound(String person, String path) throws Exception {
        String page = body(look(person, path));
        int forms = count(page, "<form[^>]*method=\"post\"");
        assertThat(count(page, "name=\"_csrf\"")).as(path).isEqualTo(forms);
        assertThat(page)
                .as(path)
                .doesNotContain("style=\"")
                .doesNotContainPattern("\\son[a-z]+=\"")
                .doesNotContainPattern("<script(?![^>]*src=)");
        assertThat(count(page, "<h1")).as(path).isEqualTo(1);
        assertThat(count(page, "<table")).as(path).isEqualTo(count(page, "<caption"));
        Matcher field = Pattern.compile("<(?:input|select|textarea)\\b[^>]*>").matcher(page);
        while (field.find()) {
            String tag = field.group();
            Matcher id = Pattern.compile("\\bid=\"([^\"]+)\"").matcher(tag);
            if (id.find()) {
                assertThat(page).as("%s: label of %s", path, tag).contains("for=\"" + id.group(1) + "\"");
            } else {
                assertThat(tag).as(path).containsPattern("type=\"(hidden|radio|checkbox)\"");
            }
        }
    }

    void assertNeedsToken(String person, String path, String... fields) throws Exception {
        var call = post(path).with(user(person));
        for (int each = 0; each < fields.length; each += 2) {
            call.param(fields[each], fields[each + 1]);
        }
        browser.perform(call).andExpect(status().isForbidden());
    }

    static String body(ResultActions answer) throws Exception {
        return answer.andExpect(status().isOk()).andReturn().getResponse().getContentAsString();
    }

    static int count(String page, String pattern) {
        return (int) Pattern.compile(pattern).matcher(page).results().count();
    }
}
