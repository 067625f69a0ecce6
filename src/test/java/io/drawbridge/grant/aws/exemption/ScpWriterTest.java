package io.drawbridge.grant.aws.exemption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.CloudException;
import io.drawbridge.grant.GrantId;
import io.drawbridge.grant.Lease;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.stage.FaultyProxy.Answer;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** How the service control policies are written: by one, for many, and never over what somebody else wrote. */
@DisplayName("The writer of service control policies")
@SuppressWarnings("NullAway.Init")
class ScpWriterTest {
    private static final Identity ALICE = person("alice");
    private static final Identity BOB = person("bob");
    private static final String FOREIGN =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

    private final TestClock clock = new TestClock();
    private ScpStage stage;
    private AnnotationConfigApplicationContext node;

    @BeforeEach
    void anEmptyOrganization() {
        clock.setTo(TestClock.START);
        stage = new ScpStage(clock);
        node = stage.node(Map.of());
        ScpStage.round(node);
        stage.proxy.forget();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    @DisplayName("R10 closes what the controls protect and what they disable, in each account, to all but the exempt")
    void closesWhatTheControlsSay() {
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.dev, 1, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.prod, 1, "kms:ScheduleKeyDeletion")).isTrue();

        stage.control(stage.prod.value(), "kms", "PROTECTED");
        stage.control("r-acme", "gamelift", "DISABLED");
        stage.control(stage.dev.value(), "s3", "NONE");
        stage.database
                .sql("insert into control_exemption (tenant_id, scope_id, service, position, identity) values"
                        + " ('acme', 'r-acme', 's3', 0, 'bob@acme.example')")
                .update();
        clock.moveBy(Duration.ofMinutes(2));
        ScpStage.round(node);

        assertThat(allowed(stage.prod, 1, "kms:ScheduleKeyDeletion")).isFalse();
        assertThat(allowed(stage.prod, 1, "gamelift:DeleteFleet")).isFalse();
        assertThat(allowed(stage.dev, 1, "gamelift:ListFleets")).isFalse();
        assertThat(allowed(stage.dev, 1, "s3:DeleteBucket")).isTrue();
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.prod, 2, "s3:DeleteBucket")).isTrue();
    }

    @Test
    @DisplayName("R59 needs no write for an end: AWS closes at that second, and it counts as confirmed")
    void needsNoWriteForAnEnd() {
        Instant end = TestClock.START.plus(Duration.ofHours(1)).plusMillis(700);
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", end);
        open(lease);
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        List<String> writtenUnder = cloud().requestIds(lease.tenant(), lease.objectKey());
        assertThat(writtenUnder).singleElement().asString().isNotBlank();
        stage.proxy.forget();

        assertThat(stage.allowsUser(stage.prod, ScpStage.userId(1), "s3:DeleteBucket", end.minusMillis(701)))
                .isTrue();
        assertThat(stage.allowsUser(stage.prod, ScpStage.userId(1), "s3:DeleteBucket", end.minusMillis(700)))
                .isFalse();
        clock.setTo(end.minusMillis(701));
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        clock.setTo(end);
        cloud().close(lease);
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        ScpStage.round(node);
        assertThat(stage.proxy.calls()).isEmpty();
        assertThat(cloud().requestIds(lease.tenant(), lease.objectKey())).isEqualTo(writtenUnder);
    }

    @Test
    @DisplayName("R58 gathers: sixty openings are one write of the document, and their ends are none")
    void gathersManyChanges() {
        List<Lease> leases = new ArrayList<>();
        for (int number = 10; number < 70; number++) {
            stage.person("person-" + number, number);
            leases.add(lease(
                    stage.prod,
                    person("person-" + number),
                    "s3:DeleteBucket",
                    TestClock.START.plus(Duration.ofHours(1))));
        }

        leases.forEach(cloud()::open);
        ScpStage.round(node);

        assertThat(stage.proxy.count("UpdatePolicy")).isOne();
        assertThat(leases).allMatch(lease -> cloud().presenceOf(lease) == Cloud.Presence.PRESENT);
        clock.setTo(TestClock.START.plus(Duration.ofHours(1)));
        leases.forEach(cloud()::close);
        ScpStage.round(node);
        assertThat(leases).allMatch(lease -> cloud().presenceOf(lease) == Cloud.Presence.ABSENT);
        assertThat(stage.proxy.count("UpdatePolicy")).isOne();
    }

    @Test
    @DisplayName("R54 R59 has the last end of all who claim the object, and no later one when the longest ends early")
    void hasTheLastEnd() {
        Instant longer = TestClock.START.plus(Duration.ofHours(2));
        Instant shorter = TestClock.START.plus(Duration.ofHours(1));
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", longer);
        open(lease);

        cloud().shorten(lease.until(shorter));
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        ScpStage.round(node);

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(stage.allowsUser(stage.prod, ScpStage.userId(1), "s3:DeleteBucket", shorter.minusSeconds(1)))
                .isTrue();
        assertThat(stage.allowsUser(stage.prod, ScpStage.userId(1), "s3:DeleteBucket", shorter))
                .isFalse();
    }

    @Test
    @DisplayName("R51 waits until a document counts as in force everywhere before it says so")
    void waitsUntilItSettles() {
        AnnotationConfigApplicationContext slow = stage.node(Map.of("drawbridge.aws.scp.settle", "3s"));
        Cloud cloud = slow.getBean(ScpExemptions.class);
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1)));
        cloud.open(lease);
        ScpStage.round(node);

        assertThat(cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.CHANGING);
        clock.moveBy(Duration.ofSeconds(3));
        assertThat(cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
    }

    @Test
    @DisplayName("R57 R12 knows a role by its unique id: one made again by the same name is somebody else")
    void knowsARoleByItsId() {
        String former = stage.role(stage.prod, "deploy");
        Lease lease = lease(
                stage.prod,
                new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::" + stage.prod + ":role/deploy", "deploy"),
                "s3:DeleteBucket",
                TestClock.START.plus(Duration.ofHours(1)));
        open(lease);
        assertThat(stage.allowsRole(stage.prod, former, "s3:DeleteBucket", clock.instant()))
                .isTrue();

        stage.iam(stage.prod).deleteRole(request -> request.roleName("deploy"));
        String again = stage.role(stage.prod, "deploy");

        assertThat(again).isNotEqualTo(former);
        assertThat(stage.allowsRole(stage.prod, again, "s3:DeleteBucket", clock.instant()))
                .isFalse();
    }

    @Test
    @DisplayName("R50 opens nothing for an identity that AWS does not know, and says that no try will help")
    void opensNothingForNobody() {
        Lease lease = lease(
                stage.prod,
                new Identity(Identity.Type.IAM_ROLE, "arn:aws:iam::" + stage.prod + ":role/gone", "gone"),
                "s3:DeleteBucket",
                TestClock.START.plus(Duration.ofHours(1)));

        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> cloud().open(lease))
                .withMessageContaining("role/gone");
    }

    @Test
    @DisplayName("R17 opens nothing in the management account, which no such policy binds")
    void opensNothingInTheManagementAccount() {
        Lease lease =
                lease(new ScopeId("123456789012"), ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1)));

        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> cloud().open(lease))
                .withMessageContaining("management account");
    }

    @Test
    @DisplayName("R51 fails for want of room before anything is written, with the count and what takes the room")
    void failsForWantOfRoom() {
        AnnotationConfigApplicationContext small = stage.node(Map.of(
                "drawbridge.aws.scp.max-characters", "2500",
                "drawbridge.aws.scp.max-policies-per-target", "2",
                "drawbridge.aws.scp.reserved-policies", "1"));
        Cloud cloud = small.getBean(ScpExemptions.class);
        AtomicInteger opened = new AtomicInteger();

        assertThatExceptionOfType(CloudException.Impossible.class)
                .isThrownBy(() -> {
                    for (int number = 100; number < 200; number++) {
                        stage.person("person-" + number, number);
                        cloud.open(lease(
                                stage.prod,
                                person("person-" + number),
                                number % 2 == 0 ? "s3:DeleteBucket" : "s3:PutBucketPolicy",
                                TestClock.START.plus(Duration.ofMinutes(number))));
                        opened.incrementAndGet();
                    }
                })
                .withMessageContaining("No room")
                .withMessageContaining("2,500")
                .withMessageContaining("lease");
        assertThat(opened.get()).isBetween(1, 99);
        assertThat(stage.proxy.calls()).isEmpty();
    }

    @Test
    @DisplayName(
            "R56 notices a document that somebody changed by hand, writes nothing over it, and restores it when told")
    void noticesAForeignChange() {
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1)));
        open(lease);
        String policy = stage.policies(stage.prod).get(0);
        stage.second()
                .updatePolicy(
                        request -> request.policyId(policy).content(FOREIGN).description("mine"));

        cloud().open(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        ScpStage.round(node);

        assertThat(stage.documents(stage.prod)).containsExactly(FOREIGN);
        assertThatExceptionOfType(CloudException.Refused.class)
                .isThrownBy(() -> cloud().presenceOf(lease))
                .withMessageContaining(policy)
                .withMessageContaining("changed by somebody else");
        Cloud.Foreign found = onlyForeign();
        assertThat(found.choices()).containsExactly("restore");
        clock.setTo(TestClock.START.plus(Duration.ofHours(2)));
        assertThatExceptionOfType(CloudException.Refused.class).isThrownBy(() -> cloud().presenceOf(lease));

        cloud().putRight(ScpStage.ACME, found.subject(), "restore");
        ScpStage.round(node);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(cloud().inventory(ScpStage.ACME).foreign()).isEmpty();
    }

    @Test
    @DisplayName("R56 takes a save in the console, which strips white space, for no change")
    void takesAConsoleSaveForNoChange() {
        open(lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        String policy = stage.policies(stage.prod).get(0);
        String spaced = stage.documents(stage.prod).get(0).replace(",\"", ", \"");
        stage.second().updatePolicy(request -> request.policyId(policy).content(spaced));

        assertThat(cloud().inventory(ScpStage.ACME).foreign()).isEmpty();
        open(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));

        assertThat(allowed(stage.prod, 2, "s3:DeleteBucket")).isTrue();
    }

    @Test
    @DisplayName("R56 notices a document that was detached, and one that was deleted, and puts both back when told")
    void noticesWhatIsGone() {
        String prod = stage.policies(stage.prod).get(0);
        String dev = stage.policies(stage.dev).get(0);
        stage.second().detachPolicy(request -> request.policyId(prod).targetId(stage.prod.value()));
        stage.second().detachPolicy(request -> request.policyId(dev).targetId(stage.dev.value()));
        stage.second().deletePolicy(request -> request.policyId(dev));

        List<Cloud.Foreign> foreign = cloud().inventory(ScpStage.ACME).foreign();
        assertThat(foreign).hasSize(2);
        assertThat(foreign).anyMatch(each -> each.finding().contains("detached"));
        assertThat(foreign).anyMatch(each -> each.finding().contains("deleted"));
        ScpStage.round(node);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isTrue();

        foreign.forEach(each -> cloud().putRight(ScpStage.ACME, each.subject(), "restore"));
        ScpStage.round(node);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.dev, 1, "s3:DeleteBucket")).isFalse();
        assertThat(cloud().inventory(ScpStage.ACME).foreign()).isEmpty();
    }

    @Test
    @DisplayName("R56 restores by itself where the administrator chose that once for all")
    void restoresByItself() {
        AnnotationConfigApplicationContext restoring =
                stage.node(Map.of("drawbridge.aws.scp.on-foreign-change", "RESTORE"));
        clock.moveBy(Duration.ofMinutes(3));
        String policy = stage.policies(stage.prod).get(0);
        stage.second()
                .updatePolicy(
                        request -> request.policyId(policy).content(FOREIGN).description("mine"));

        Cloud cloud = restoring.getBean(ScpExemptions.class);
        assertThat(cloud.inventory(ScpStage.ACME).foreign()).hasSize(1);
        ScpStage.round(restoring);

        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(cloud.inventory(ScpStage.ACME).foreign()).isEmpty();
    }

    @Test
    @DisplayName("R50 knows its own write again that was cut short after AWS had taken it")
    void knowsItsOwnWriteAgain() {
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1)));
        cloud().open(lease);
        stage.proxy.afterwards(
                call -> call.operation().equals("UpdatePolicy") ? Optional.of(Answer.brokenOff()) : Optional.empty());
        ScpStage.round(node);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isTrue();
        assertThatExceptionOfType(CloudException.Refused.class).isThrownBy(() -> cloud().presenceOf(lease));

        stage.proxy.afterwards(call -> Optional.empty());
        cloud().open(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        AnnotationConfigApplicationContext other = stage.node(Map.of());
        clock.moveBy(Duration.ofMinutes(3));
        ScpStage.round(other);

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(allowed(stage.prod, 2, "s3:DeleteBucket")).isTrue();
        assertThat(cloud().inventory(ScpStage.ACME).foreign()).isEmpty();
    }

    @Test
    @DisplayName("R50 takes up a policy again that was made and not written down")
    void takesUpAPolicyAgain() {
        stage.control(stage.prod.value(), "s3", "NONE");
        clock.moveBy(Duration.ofMinutes(2));
        ScpStage.round(node);
        assertThat(stage.policies(stage.prod)).isEmpty();
        long before = stage.policiesInAll();

        stage.control(stage.prod.value(), "s3", "PROTECTED");
        stage.proxy.afterwards(
                call -> call.operation().equals("CreatePolicy") ? Optional.of(Answer.brokenOff()) : Optional.empty());
        clock.moveBy(Duration.ofMinutes(2));
        ScpStage.round(node);
        stage.proxy.afterwards(call -> Optional.empty());
        clock.moveBy(Duration.ofMinutes(2));
        ScpStage.round(node);

        assertThat(stage.policiesInAll()).isEqualTo(before + 1);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
    }

    @Test
    @DisplayName("R56 finds and closes what a database that was restored from a backup knows nothing of")
    void closesWhatTheDatabaseForgot() {
        Lease kept = lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(3)));
        open(kept);
        Map<String, Object> document = stage.database
                .sql("select content, sha256 from scp_document where account_id = ?")
                .param(stage.prod.value())
                .query()
                .singleRow();
        Lease forgotten = lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(3)));
        open(forgotten);
        stage.database
                .sql("delete from scp_opening where object_key = ?")
                .param(forgotten.objectKey())
                .update();
        stage.database
                .sql("update scp_document set content = ?, sha256 = ? where account_id = ?")
                .params(document.get("content"), document.get("sha256"), stage.prod.value())
                .update();

        Cloud.Inventory inventory = cloud().inventory(ScpStage.ACME);
        assertThat(inventory.foreign()).isEmpty();
        assertThat(inventory.ours())
                .extracting(Cloud.Held::objectKey)
                .containsExactlyInAnyOrder(kept.objectKey(), forgotten.objectKey());
        inventory.ours().stream()
                .filter(held -> held.objectKey().equals(forgotten.objectKey()))
                .forEach(held -> cloud().remove(ScpStage.ACME, held));
        ScpStage.round(node);

        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.prod, 2, "s3:DeleteBucket")).isTrue();
    }

    @Test
    @DisplayName("R50 has one writer on two nodes, and another takes over when it is gone")
    void hasOneWriter() throws Exception {
        AnnotationConfigApplicationContext other = stage.node(Map.of());
        open(lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        stage.proxy.forget();
        cloud().open(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));

        ScpStage.round(other);
        assertThat(stage.proxy.calls()).isEmpty();
        atOnce(() -> ScpStage.round(node), () -> ScpStage.round(other));
        assertThat(stage.proxy.count("UpdatePolicy")).isOne();
        cloud().close(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        clock.moveBy(Duration.ofMinutes(3));
        ScpStage.round(other);

        assertThat(allowed(stage.prod, 2, "s3:DeleteBucket")).isFalse();
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isTrue();
    }

    @Test
    @DisplayName("R58 writes early ends before openings, whichever account was asked first")
    void writesEarlyEndsFirst() {
        Lease old = lease(stage.dev, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1)));
        open(old);
        stage.proxy.forget();
        String dev = stage.policies(stage.dev).get(0);

        cloud().open(lease(stage.prod, BOB, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(1))));
        clock.moveBy(Duration.ofSeconds(10));
        cloud().close(old);
        ScpStage.round(node);

        assertThat(stage.proxy.calls().stream()
                        .filter(call -> call.operation().equals("UpdatePolicy"))
                        .map(call -> call.body().contains(dev)))
                .containsExactly(true, false);
    }

    @Test
    @DisplayName("R53 never gives up: while AWS is down for an hour it says so, and it closes when AWS is back")
    void neverGivesUp() {
        Lease lease = lease(stage.prod, ALICE, "s3:DeleteBucket", TestClock.START.plus(Duration.ofHours(9)));
        open(lease);
        stage.proxy.fault(call -> Optional.of(Answer.error(500, "ServiceException", "Down.")));
        cloud().close(lease);
        for (int minute = 0; minute < 60; minute++) {
            ScpStage.round(node);
            assertThatExceptionOfType(CloudException.Refused.class).isThrownBy(() -> cloud().presenceOf(lease));
            clock.moveBy(Duration.ofMinutes(1));
        }
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isTrue();

        stage.proxy.fault(call -> Optional.empty());
        ScpStage.round(node);

        assertThat(cloud().presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        assertThat(allowed(stage.prod, 1, "s3:DeleteBucket")).isFalse();
    }

    @Test
    @DisplayName("R56 reports an exemption that has no effect without a choice, and no more once it is taken away")
    void reportsAnExemptionWithoutEffect() {
        stage.database
                .sql("insert into control_exemption (tenant_id, scope_id, service, position, identity) values"
                        + " ('acme', 'r-acme', 's3', 0, 'nobody@acme.example')")
                .update();

        assertThat(cloud().inventory(ScpStage.ACME).foreign()).hasSize(2).allSatisfy(foreign -> {
            assertThat(foreign.subject()).startsWith("exemption|");
            assertThat(foreign.choices()).isEmpty();
        });
        stage.database.sql("delete from control_exemption").update();
        assertThat(cloud().inventory(ScpStage.ACME).foreign()).isEmpty();
    }

    @Test
    @DisplayName(
            "R10 shows a control that cannot be written since it was found, until it is, and not what came after it")
    void showsWhatCannotBeWritten() {
        assertThat(cloud().unwritten()).isEmpty();
        stage.proxy.fault(call -> call.operation().equals("UpdatePolicy")
                ? Optional.of(Answer.error(400, "AccessDeniedException", "Not allowed."))
                : Optional.empty());
        stage.control(stage.prod.value(), "kms", "PROTECTED");
        clock.moveBy(Duration.ofMinutes(2));
        Instant found = clock.instant();
        for (int round = 0; round < 20; round++) {
            ScpStage.round(node);
            clock.moveBy(Duration.ofMinutes(1));
        }

        assertThat(allowed(stage.prod, 1, "kms:ScheduleKeyDeletion")).isTrue();
        assertThat(cloud().unwritten()).containsExactly(new Cloud.Unwritten(ScpStage.ACME, 1, found));

        Instant asked = clock.instant();
        stage.proxy.fault(call -> {
            if (call.operation().equals("UpdatePolicy") && clock.instant().equals(asked)) {
                clock.moveBy(Duration.ofSeconds(1));
                cloud().open(lease(stage.prod, BOB, "s3:DeleteBucket", asked.plus(Duration.ofHours(1))));
            }
            return Optional.empty();
        });
        ScpStage.round(node);
        assertThat(allowed(stage.prod, 1, "kms:ScheduleKeyDeletion")).isFalse();
        assertThat(cloud().unwritten()).containsExactly(new Cloud.Unwritten(ScpStage.ACME, 1, asked));
        ScpStage.round(node);
        assertThat(cloud().unwritten()).isEmpty();
    }

    @Test
    @DisplayName("R10 shows every account whose controls wait for a break-glass role that nobody has configured")
    void showsWhatNoRoleIsConfiguredFor() {
        AnnotationConfigApplicationContext without =
                stage.node(Map.of("drawbridge.aws.tenants.acme.break-glass-roles", ""));
        clock.moveBy(Duration.ofMinutes(2));
        Instant found = clock.instant();

        ScpStage.round(without);
        ScpStage.round(without);

        assertThat(cloud().unwritten()).containsExactly(new Cloud.Unwritten(ScpStage.ACME, 2, found));
        stage.control("r-acme", "s3", "NONE");
        stage.anotherAccount("test");
        clock.moveBy(Duration.ofMinutes(2));
        ScpStage.round(without);
        assertThat(cloud().unwritten())
                .as("an account in which nothing is to be closed")
                .containsExactly(new Cloud.Unwritten(ScpStage.ACME, 2, found));
    }

    private Cloud cloud() {
        return node.getBean(ScpExemptions.class);
    }

    private void open(Lease lease) {
        cloud().open(lease);
        ScpStage.round(node);
    }

    private Cloud.Foreign onlyForeign() {
        List<Cloud.Foreign> foreign = cloud().inventory(ScpStage.ACME).foreign();
        assertThat(foreign).hasSize(1);
        return foreign.get(0);
    }

    private boolean allowed(ScopeId account, int user, String action) {
        return stage.allowsUser(account, ScpStage.userId(user), action, clock.instant());
    }

    private static void atOnce(Runnable... deeds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(deeds.length);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Runnable deed : deeds) {
                running.add(threads.submit(() -> {
                    start.await();
                    deed.run();
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Identity person(String name) {
        return new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/" + name, name + "@acme.example");
    }

    private static Lease lease(ScopeId account, Identity identity, String action, Instant end) {
        return new Lease(
                GrantId.random(),
                ScpStage.ACME,
                account,
                identity,
                PermissionName.parse(action),
                Way.SCP_EXEMPTION,
                end);
    }
}
