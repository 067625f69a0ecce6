package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.organization.Settings;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Stage;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** The application on a cloud in which somebody else has been at work. */
@DisplayName("Drift")
@SuppressWarnings("NullAway.Init")
class DriftTest extends Stage {
    private static final String POLICY = "p-12345678";

    @Autowired
    private DriftFindings findings;

    @Autowired
    private Sweeps sweeps;

    @Autowired
    private Settings settings;

    @Autowired
    private GrantWorkflow grantWorkflow;

    @Autowired
    private DriftWorkflow driftWorkflow;

    @Autowired
    private GrantNotices notices;

    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private io.drawbridge.organization.Scopes scopes;

    @Autowired
    private io.drawbridge.organization.Controls controls;

    @Autowired
    private io.drawbridge.organization.Assignments assignments;

    @Autowired
    private io.drawbridge.organization.Reach reach;

    private MeddledCloud meddled;
    private ReconciliationDesk reconciliation;
    private DriftDesk drift;

    @BeforeEach
    void meddle() {
        meddled = new MeddledCloud(cloud);
        GrantDesk desk = transactional(new GrantDesk(
                grants,
                requests,
                meddled,
                grantWorkflow,
                notices,
                people,
                scopes,
                controls,
                assignments,
                reach,
                trail,
                transactions,
                clock));
        reconciliation = new ReconciliationDesk(
                grants,
                desk,
                new BulkRevocation(desk, grants, meddled, grantWorkflow, trail, transactions, clock),
                meddled,
                findings,
                sweeps,
                grantWorkflow,
                driftWorkflow,
                notices,
                people,
                trail,
                settings,
                ReconciliationLimits.DEFAULT,
                events,
                transactions,
                clock);
        drift = transactional(new DriftDesk(findings, reconciliation, meddled, trail, transactions, clock));
    }

    @Test
    @DisplayName("R56 R57 that is not ours is reported once, to administrators and operations, and never touched")
    void isReportedOnce() {
        meddled.change(POLICY, "Somebody changed the document of policy p-12345678.", "restore", "accept");

        assertThat(sweep().foreign()).isEqualTo(1);
        for (int round = 0; round < 3; round++) {
            after(Duration.ofMinutes(5));
            assertThat(sweep().foreign()).isZero();
        }

        DriftFinding finding = only();
        assertThat(finding.state()).isEqualTo(DriftFinding.State.OPEN);
        assertThat(finding.timesSeen()).isEqualTo(4);
        assertThat(finding.choices()).containsExactly("restore", "accept");
        assertThat(told()).containsExactly(Cast.ERIN.value(), Cast.OSCAR.value());
        assertThat(actionsOn(finding)).containsExactly("drift.found");
        assertThat(meddled.putRight).isEmpty();
    }

    @Test
    @DisplayName("R56 that vanishes is closed by itself, and is a new finding when it is back")
    void isClosedByItself() {
        meddled.change(POLICY, "Changed.", "restore");
        sweep();
        meddled.foreign.clear();
        sweep();
        assertThat(only().state()).isEqualTo(DriftFinding.State.GONE);

        meddled.change(POLICY, "Changed again.", "restore");
        sweep();
        assertThat(found(DriftFinding.State.OPEN)).hasSize(1);
        assertThat(told()).hasSize(4);
    }

    @Test
    @DisplayName("R56 is put right by the administrator's choice, and resolved when the next sweep no longer sees it")
    void isPutRightByChoice() {
        meddled.change(POLICY, "Changed.", "restore", "accept");
        sweep();

        DriftFinding chosen = resolve(Cast.ERIN, "restore", "It was a mistake.");
        assertThat(chosen.state()).isEqualTo(DriftFinding.State.CONFIRMED);
        assertThat(meddled.putRight).containsExactly("acme p-12345678 restore");
        assertThatThrownBy(() -> resolve(Cast.ERIN, "accept", "No, wait."))
                .isInstanceOf(DriftStateException.class)
                .hasMessageContaining("CONFIRMED");

        meddled.foreign.clear();
        sweep();
        assertThat(only().state()).isEqualTo(DriftFinding.State.RESOLVED);
        assertThat(only().choice()).contains("restore");
        assertThat(only().reason()).contains("It was a mistake.");
        assertThat(only().resolvedBy()).contains(Cast.ERIN);
        assertThat(actionsOn(only())).containsExactly("drift.found", "drift.decided", "drift.put_right");
        assertThatThrownBy(() -> resolve(Cast.ERIN, "accept", "Late."))
                .isInstanceOf(DriftStateException.class)
                .hasMessageContaining("settled");
    }

    @Test
    @DisplayName("R56 that is there still after it should have been put right is reported again")
    void isReportedAgain() {
        meddled.change(POLICY, "Changed.", "restore");
        sweep();
        resolve(Cast.ERIN, "restore", "It was a mistake.");

        after(Duration.ofSeconds(29));
        sweep();
        assertThat(only().state()).isEqualTo(DriftFinding.State.CONFIRMED);
        assertThat(told()).hasSize(2);
        after(Duration.ofSeconds(1));
        sweep();
        assertThat(only().state()).isEqualTo(DriftFinding.State.OPEN);
        assertThat(told()).hasSize(4);
        assertThat(resolve(Cast.ERIN, "restore", "Once more.").state()).isEqualTo(DriftFinding.State.CONFIRMED);
    }

    @Test
    @DisplayName("R56 R3 keeps nothing of a choice that the cloud did not take")
    void keepsNothingOfWhatWasNotTaken() {
        meddled.change(POLICY, "Changed.", "restore");
        sweep();
        meddled.takesChoices = false;

        assertThatThrownBy(() -> resolve(Cast.ERIN, "restore", "It was a mistake."))
                .isInstanceOf(CloudException.class);

        assertThat(only().state()).isEqualTo(DriftFinding.State.OPEN);
        assertThat(only().choice()).isEmpty();
        assertThat(actionsOn(only())).containsExactly("drift.found");

        meddled.foreign.clear();
        assertThatThrownBy(() -> resolve(Cast.ERIN, "restore", "It was a mistake."))
                .isInstanceOf(DriftStateException.class)
                .hasMessageContaining("sweep again");
    }

    @ParameterizedTest
    @CsvSource({"restore,", "restore, ' '", "explode, Because.", ", Because."})
    @DisplayName("R56 takes a choice that is offered, with a reason")
    void takesAChoiceThatIsOffered(@Nullable String choice, @Nullable String reason) {
        meddled.change(POLICY, "Changed.", "restore");
        sweep();

        assertThatThrownBy(() -> resolve(Cast.ERIN, choice, reason)).isInstanceOf(InvalidInputException.class);

        assertThat(meddled.putRight).isEmpty();
    }

    @Test
    @DisplayName(
            "R56 R70 is read by administrators and operations of its tenant, decided by administrators, and refusals are recorded")
    void isReadAndDecidedByThoseWhoMay() {
        meddled.change(POLICY, "Changed.", "restore");
        sweep();
        DriftFinding finding = only();

        assertThat(drift.read(as(Cast.OSCAR), finding.id()).subject()).isEqualTo(POLICY);
        assertThatThrownBy(() -> resolve(Cast.OSCAR, "restore", "Because.")).isInstanceOf(ForbiddenException.class);
        assertThat(actionsOn(finding)).contains("drift.refused");
        for (Caller stranger : List.of(as(Cast.ALICE), as(Cast.GUS), as(Cast.PETRA), as(Cast.ERIN, Cast.GLOBEX))) {
            assertThatThrownBy(() -> drift.read(stranger, finding.id())).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> drift.list(stranger, EnumSet.allOf(DriftFinding.State.class), null, 10))
                    .isInstanceOf(ForbiddenException.class);
            assertThatThrownBy(() -> drift.reconcile(stranger)).isInstanceOf(ForbiddenException.class);
        }
        assertThatThrownBy(() -> drift.reconcile(as(Cast.OSCAR))).isInstanceOf(ForbiddenException.class);
        assertThat(drift.reconcile(as(Cast.ERIN)).compared()).isTrue();
        assertThat(trail.of(Cast.ACME, "acme"))
                .extracting(AuditTrail.AuditRecord::action)
                .contains("drift.swept");
    }

    @Test
    @DisplayName("R56 R53 one grant that cannot be taken back does not keep the others from their turn")
    void oneThatFailsDoesNotStopTheOthers() {
        AccessRequest stuck = anActiveRequest();
        AccessRequest other = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:DeleteBucket", "PT2H"));
        runDueJobs();
        meddled.stuck = Set.of(grantOf(stuck.id()).lease().objectKey());
        clock.setTo(grantOf(stuck.id()).endsAt().plusSeconds(31));

        Reconciliation found = sweep();

        assertThat(found.takenBack()).isEqualTo(1);
        assertThat(found.stillOn()).isEqualTo(1);
        assertThat(found.compared()).isTrue();
        assertThat(found.failures()).singleElement().asString().contains("It does not close.");
        assertThat(grantOf(other.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(stuck.id()).state()).isEqualTo(GrantState.REVOKING);
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    @Test
    @DisplayName("R56 removes nothing of which it does not have the whole inventory, and takes back what is overdue")
    void removesNothingWithoutAnInventory() {
        AccessRequest overdue = anActiveRequest();
        putByHand("by hand 1");
        clock.setTo(grantOf(overdue.id()).endsAt().plusSeconds(31));
        sweep();
        assertThat(grantOf(overdue.id()).state()).isEqualTo(GrantState.REVOKED);
        AccessRequest next = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:DeleteBucket", "PT1H"));
        runDueJobs();
        clock.setTo(grantOf(next.id()).endsAt().plusSeconds(31));
        meddled.down = true;

        Reconciliation found = sweep();

        assertThat(found.compared()).isFalse();
        assertThat(found.takenBack()).isEqualTo(1);
        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> assertThat(access.grant())
                .isEqualTo("hand"));
        assertThat(meddled.putRight).isEmpty();
    }

    @Test
    @DisplayName("R56 R51 an object that a grant has claimed while the sweep went on is not removed")
    void leavesWhatWasClaimedMeanwhile() {
        AccessRequest request = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:DeleteBucket", "PT2H"));
        runDueJobs();
        Lease lease = grantOf(request.id()).lease();
        database.sql("update access_grant set state = 'REVOKED'").update();
        putByHand("111 by hand");
        sweep();
        after(Duration.ofSeconds(30));
        // The first object that is removed gives the grant of the second one its time.
        meddled.meanwhile =
                () -> database.sql("update access_grant set state = 'ACTIVE'").update();

        sweep();

        assertThat(cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        sweep();
        assertThat(found(DriftFinding.State.OPEN)).isEmpty();
        assertThat(found(DriftFinding.State.GONE)).hasSize(1);
        assertThat(found(DriftFinding.State.RESOLVED)).hasSize(1);
    }

    private Reconciliation sweep() {
        return reconciliation.reconcile(Cast.ACME);
    }

    private DriftFinding resolve(
            io.drawbridge.identity.PersonId person, @Nullable String choice, @Nullable String reason) {
        return drift.resolve(as(person), only().id(), choice, reason);
    }

    private DriftFinding only() {
        List<DriftFinding> all =
                findings.find(Cast.ACME, new DriftFindings.Query(EnumSet.allOf(DriftFinding.State.class), null, 10));
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private List<DriftFinding> found(DriftFinding.State state) {
        return findings.find(Cast.ACME, new DriftFindings.Query(EnumSet.of(state), null, 10));
    }

    private List<String> told() {
        return database.sql("select recipient_id from notice where kind = 'drift_found' order by recipient_id")
                .query(String.class)
                .list();
    }

    private List<String> actionsOn(DriftFinding finding) {
        return trail.of(Cast.ACME, finding.id().value()).stream()
                .map(AuditTrail.AuditRecord::action)
                .toList();
    }

    private void putByHand(String object) {
        database.sql(
                        """
                        insert into dry_run_access (object_key, tenant_id, account_id, identity, permission, grant_id, since)
                        values (?, 'acme', '111122223333', 'hand@acme.example', 's3:DeleteBucket', 'hand', ?)""")
                .params(object, clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** As the application makes its own: each call in a transaction where it asks for one. */
    private <T> T transactional(T desk) {
        ProxyFactory factory = new ProxyFactory(desk);
        factory.setProxyTargetClass(true);
        factory.addAdvice(new TransactionInterceptor(
                (TransactionManager) transactions, new AnnotationTransactionAttributeSource()));
        @SuppressWarnings("unchecked")
        T proxy = (T) factory.getProxy();
        return proxy;
    }
}
