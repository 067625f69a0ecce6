package io.drawbridge.workflow;

import io.drawbridge.Drawbridge;
import io.drawbridge.grant.GrantDesk;
import io.drawbridge.grant.Grants;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.People;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.DecisionDesk;
import io.drawbridge.request.OpeningDesk;
import io.drawbridge.request.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Drawbridge as it is started, on the dry-run cloud, which does at once what it is asked.
 *
 * <p>Beside the demo's, 500 people and 40 accounts in production; each account has an approver.
 */
final class WholeApplication implements Contender {
    static final TenantId ACME = new TenantId("acme");
    static final int PEOPLE = 500;
    static final int ACCOUNTS = 40;
    static final List<String> PERMISSIONS = List.of(
            "s3:DeleteBucket",
            "s3:PutBucketPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:PutKeyPolicy",
            "iam:CreateUser",
            "iam:AttachRolePolicy");

    private final ConfigurableApplicationContext context;
    private final JdbcClient database;
    private final OpeningDesk opening;
    private final DecisionDesk decisions;
    private final GrantDesk desk;
    private final Grants grants;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<String, Caller> approvers = new ConcurrentHashMap<>();
    private final Map<String, Caller> requesters = new ConcurrentHashMap<>();
    private final List<Caller> people = new ArrayList<>();
    private final List<Caller> deciding = new ArrayList<>();

    /** Starts it on an empty database. */
    WholeApplication(String url, String user, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + user,
                "--spring.datasource.password=",
                "--drawbridge.cloud.dry-run.confirm-after=0s",
                "--logging.level.root=ERROR",
                "--spring.main.banner-mode=off"));
        if (url.startsWith("jdbc:postgresql:")) {
            // As the profile production does.
            arguments.add("--spring.datasource.hikari.data-source-properties.reWriteBatchedInserts=true");
        }
        arguments.addAll(List.of(settings));
        context = new SpringApplication(Drawbridge.class).run(arguments.toArray(String[]::new));
        database = context.getBean(JdbcClient.class);
        opening = context.getBean(OpeningDesk.class);
        decisions = context.getBean(DecisionDesk.class);
        desk = context.getBean(GrantDesk.class);
        grants = context.getBean(Grants.class);
        settle();
    }

    private void settle() {
        for (int account = 0; account < ACCOUNTS; account++) {
            String approver = person("approver-", account);
            database.sql("insert into scope (tenant_id, id, parent_id, kind, name, environment)"
                            + " values ('acme', ?, 'ou-production', 'ACCOUNT', ?, 'production')")
                    .params(account(account), "service-" + account)
                    .update();
            database.sql(
                            "insert into approver (tenant_id, scope_id, person_id, assigned_at) values ('acme', ?, ?, current_timestamp)")
                    .params(account(account), approver)
                    .update();
        }
        for (int each = 0; each < PEOPLE; each++) {
            person("person-", each);
        }
        People known = context.getBean(People.class);
        for (int account = 0; account < ACCOUNTS; account++) {
            deciding.add(caller(known, "approver-" + account));
        }
        for (int each = 0; each < PEOPLE; each++) {
            people.add(caller(known, "person-" + each));
        }
    }

    private String person(String kind, int which) {
        String id = kind + which + "@acme.example";
        database.sql("insert into person (id, tenant_id, name, email, identity_store_id) values (?, 'acme', ?, ?, ?)")
                .params(id, kind + which, id, "9067-" + which)
                .update();
        database.sql("insert into person_role (person_id, role) values (?, 'REQUESTER')")
                .param(id)
                .update();
        database.sql("insert into person_group (person_id, group_name) values (?, 'engineers')")
                .param(id)
                .update();
        return id;
    }

    private static Caller caller(People known, String name) {
        return new Caller(known.find(new PersonId(name + "@acme.example")).orElseThrow(), ACME, "198.51.100.23", false);
    }

    static String account(int which) {
        return String.format(Locale.ROOT, "%d", 300000000001L + which);
    }

    /** New requests are for the last permission, which the first 100,000 copies leave out. */
    void askForWhatNoCopyAsks() {
        number.set(PEOPLE * ACCOUNTS * (PERMISSIONS.size() - 1));
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    @Override
    public String post() {
        int next = number.getAndIncrement();
        Caller requester = people.get(next % PEOPLE);
        int account = next / PEOPLE % ACCOUNTS;
        String id = opening.ask(
                        requester,
                        new AskForAccess(
                                account(account),
                                PERMISSIONS.get(next / PEOPLE / ACCOUNTS % PERMISSIONS.size()),
                                null,
                                "PT1H",
                                "The archive has to go.",
                                false,
                                null,
                                null))
                .id()
                .value();
        approvers.put(id, deciding.get(account));
        requesters.put(id, requester);
        return id;
    }

    @Override
    public void approve(String key) {
        decisions.approve(Objects.requireNonNull(approvers.get(key)), new RequestId(key), "Agreed.", null);
    }

    @Override
    public void end(String key) {
        desk.endEarly(
                Objects.requireNonNull(requesters.get(key)),
                grants.findByRequest(new RequestId(key)).orElseThrow().id());
    }

    @Override
    public JdbcClient database() {
        return database;
    }

    @Override
    public void close() {
        context.close();
    }
}
