package io.drawbridge.organization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drawbridge.grant.GrantState;
import io.drawbridge.identity.AuditTrail;
import io.drawbridge.identity.AuditTrail.AuditRecord;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Role;
import io.drawbridge.identity.Roster;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationSnapshot.Place;
import io.drawbridge.organization.OrganizationSnapshot.User;
import io.drawbridge.organization.SyncReport.Kind;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AccessRequests;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.request.StatusConflictException;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.PlatformTransactionManager;

/** The organization follows AWS, and whatever hangs on it follows the organization. */
@DisplayName("A synchronization")
@SuppressWarnings("NullAway.Init")
class SyncTest extends RequestStage {
    private static final String NEW_ACCOUNT = "222233334444";

    @Autowired
    private SyncDesk sync;

    @Autowired
    private Roster roster;

    @Autowired
    private Assignments assignments;

    @Autowired
    private Controls controls;

    @Autowired
    private PermissionSets permissionSets;

    @Autowired
    private Synchronizations synchronizations;

    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private PlatformTransactionManager transactions;

    @Test
    @DisplayName("R3 changes and records nothing when AWS says what is known")
    void changesNothing() {
        SyncReport report = apply(aws());

        assertThat(report).isEqualTo(new SyncReport(true, List.of(), List.of(), List.of()));
        assertThat(synced()).isEmpty();
    }

    @Test
    @DisplayName("R40 adds new units and accounts wherever they stand in the answer, and R17 takes requests for them")
    void addsWhatIsNew() {
        SyncReport report = apply(aws().account(NEW_ACCOUNT, "ou-inner")
                .unit("ou-inner", "ou-outer")
                .unit("ou-outer", "r-acme"));

        assertThat(changes(report))
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Kind.SCOPE_ADDED, "ou-outer"),
                        Tuple.tuple(Kind.SCOPE_ADDED, "ou-inner"),
                        Tuple.tuple(Kind.SCOPE_ADDED, NEW_ACCOUNT));
        assertThat(scopes.account(Cast.ACME, NEW_ACCOUNT))
                .hasValueSatisfying(path -> assertThat(path).hasToString("r-acme/ou-outer/ou-inner/" + NEW_ACCOUNT));
        assertThat(candidates(ask(Cast.ALICE, NEW_ACCOUNT, "s3:DeleteBucket", "PT1H")))
                .containsExactly(Cast.DAVE.value());
    }

    @Test
    @DisplayName(
            "R33 follows names, and leaves environment, self-approval, approvers and controls as they were set here")
    void leavesWhatWasSetHere() {
        apply(aws().renamed("ou-sandbox", "Playground").moved(Cast.SANDBOX, "ou-production"));
        apply(aws().moved(Cast.SANDBOX, "ou-sandbox"));

        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-sandbox"))).hasValueSatisfying(scope -> {
            assertThat(scope.name()).isEqualTo("Playground");
            assertThat(scope.selfApproval()).isTrue();
        });
        assertThat(scopes.find(Cast.ACME, new ScopeId(Cast.SANDBOX)))
                .hasValueSatisfying(scope -> assertThat(scope.environment()).isEqualTo("sandbox"));
        assertThat(assignments.approves(Cast.ACME, Cast.ALICE)).containsExactly(new ScopeId(Cast.SANDBOX));
        assertThat(controls.at(Cast.ACME, new ScopeId("r-acme"))).hasSize(9);
        assertThat(changesRecorded(0)).contains("scope-renamed", "Playground", "scope-moved", "ou-production");
    }

    @Test
    @DisplayName(
            "R42 R40 of an account that moved gives its pending requests to the approvers of its new place, at once")
    void movesPendingRequests() {
        apply(aws().unit("ou-new", "r-acme"));
        assign(Cast.PROD);
        assign("ou-new", Cast.VICTOR);
        AccessRequest request = aPendingRequest();
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());

        SyncReport report = apply(aws().moved(Cast.PROD, "ou-new"));

        assertThat(changes(report)).containsExactly(Tuple.tuple(Kind.SCOPE_MOVED, Cast.PROD));
        assertThat(candidates(request)).containsExactly(Cast.VICTOR.value());
        assertThat(told(request, "decide")).endsWith(Cast.VICTOR.value());
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> decisions.deny(as(Cast.CAROL), request.id(), "No."));
        decisions.approve(as(Cast.VICTOR), request.id(), "Fine.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R41 R42 asks one rung on the new way up for one that was lost by the move, and no more than that")
    void asksNoMoreThanWereAsked() {
        apply(aws().unit("ou-new", "r-acme"));
        assign(Cast.PROD, Cast.BOB);
        assign("ou-new", Cast.VICTOR);
        AccessRequest first = aPendingRequest();
        AccessRequest escalated = ask(Cast.MALLORY, Cast.PROD, "s3:DeleteBucket", "PT1H");
        escalation.escalate(escalated.id());
        assertThat(candidates(escalated)).containsExactly(Cast.BOB.value(), Cast.CAROL.value());

        apply(aws().moved(Cast.PROD, "ou-new"));
        apply(aws().unit("ou-more", "ou-new").moved(Cast.PROD, "ou-new"));

        assertThat(candidates(first)).containsExactly(Cast.BOB.value());
        assertThat(candidates(escalated)).containsExactly(Cast.BOB.value(), Cast.VICTOR.value());
        assertThat(rungs(escalated))
                .extracting(AccessRequests.Rung::scope)
                .containsExactly(new ScopeId(Cast.PROD), new ScopeId("ou-production"), new ScopeId("ou-new"));
    }

    @Test
    @DisplayName("R41 R42 asks the lowest rung first, where nobody was left to ask before the move")
    void asksTheLowestRungFirst() {
        apply(aws().unit("ou-new", "r-acme"));
        assign(Cast.PROD);
        assign("ou-new", Cast.VICTOR);
        AccessRequest request = aPendingRequest();
        User dave = new User(Cast.DAVE.value(), "Dave Dunn", "", "90670000-0004", true, Set.of("approvers"));
        apply(aws().deleted(Cast.DAVE.value()));
        apply(aws().deleted(Cast.CAROL.value(), Cast.ERIN.value()));
        assertThat(candidates(request)).isEmpty();

        apply(aws().user(dave).moved(Cast.PROD, "ou-new"));

        assertThat(candidates(request)).containsExactly(Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R42 of a unit that moved does the same for all accounts below it")
    void movesWholeUnits() {
        apply(aws().unit("ou-new", "r-acme"));
        assign(Cast.PROD);
        assign("ou-production");
        assign("ou-new", Cast.VICTOR);
        AccessRequest request = aPendingRequest();
        assertThat(candidates(request)).containsExactly(Cast.DAVE.value());

        apply(aws().moved("ou-production", "ou-new"));

        assertThat(candidates(request)).containsExactly(Cast.DAVE.value(), Cast.VICTOR.value());
    }

    @Test
    @DisplayName("R55 ends what is open in an account that was suspended, by Drawbridge and with the reason")
    void endsGrantsOfAClosedAccount() {
        AccessRequest open = anActiveRequest();
        AccessRequest elsewhere = opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:DeleteBucket", "PT1H"));
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(2);

        SyncReport report = apply(aws().suspended(Cast.PROD));
        runDueJobs();

        assertThat(changes(report)).containsExactly(Tuple.tuple(Kind.ACCOUNT_CLOSED, Cast.PROD));
        assertThat(grantOf(open.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(open.id()).endedBy()).contains(AuditTrail.DRAWBRIDGE);
        assertThat(grantOf(open.id()).endReason()).contains("the account was closed");
        assertThat(grantOf(elsewhere.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(recorded(open)).contains("grant.ended_early", "grant.revoked");
    }

    @Test
    @DisplayName("R55 ends what is being opened in an account that left the organization")
    void endsGrantsOfAVanishedAccount() {
        AccessRequest request = aPendingRequest();
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);

        apply(aws().gone(Cast.PROD));
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(scopes.find(Cast.ACME, new ScopeId(Cast.PROD)))
                .hasValueSatisfying(scope -> assertThat(scope.closed()).isTrue());
    }

    @Test
    @DisplayName("R50 opens nothing in a closed account, even if the grant was written down before anybody knew")
    void opensNothingInAClosedAccount() {
        AccessRequest request = aPendingRequest();
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        database.sql("update scope set closed = true where id = ?")
                .param(Cast.PROD)
                .update();

        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISION_FAILED);
        assertThat(grantOf(request.id()).failure()).contains("The account was closed.");
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R17 takes no request for a closed account, and lets nobody approve or justify one that waits")
    void takesNoRequestsForAClosedAccount() {
        AccessRequest pending = aPendingRequest();
        AccessRequest requested = opening.ask(as(Cast.MALLORY), anOpenAsk(Cast.PROD, "s3:DeleteBucket"));

        apply(aws().suspended(Cast.PROD));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ask(Cast.BOB, Cast.PROD, "s3:DeleteBucket", "PT1H"))
                .withMessageContaining("was closed in AWS");
        assertThatExceptionOfType(StatusConflictException.class)
                .isThrownBy(() -> decisions.approve(as(Cast.BOB), pending.id(), "Fine.", null))
                .withMessageContaining("was closed in AWS");
        assertThatExceptionOfType(StatusConflictException.class)
                .isThrownBy(() -> justification.justify(as(Cast.MALLORY), requested.id(), "I have to.", "PT1H"))
                .withMessageContaining("was closed in AWS");
        assertThat(records(pending, "request.refused")).hasSize(1);
        decisions.deny(as(Cast.BOB), pending.id(), "Gone.");
        assertThat(statusOf(pending.id())).isEqualTo(RequestStatus.DENIED);
        after(Duration.ofHours(25));
        assertThat(statusOf(requested.id())).isEqualTo(RequestStatus.ABANDONED_EXPIRED);
    }

    @Test
    @DisplayName("R47 lets a request for a closed account expire in its time")
    void letsPendingRequestsExpire() {
        AccessRequest pending = aPendingRequest();
        apply(aws().suspended(Cast.PROD));

        after(Duration.ofHours(25));

        assertThat(statusOf(pending.id())).isEqualTo(RequestStatus.EXPIRED);
    }

    @Test
    @DisplayName("R17 takes requests again for an account that was reopened")
    void takesRequestsForAReopenedAccount() {
        apply(aws().suspended(Cast.PROD));

        assertThat(changes(apply(aws().reopened(Cast.PROD))))
                .containsExactly(Tuple.tuple(Kind.ACCOUNT_REOPENED, Cast.PROD));

        assertThat(aPendingRequest().status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R45 removes a unit that vanished and what was assigned there, and records what that was")
    void removesVanishedUnits() {
        organization.setControl(
                as(Cast.ERIN),
                new Controls.ScopeControl(new ScopeId("ou-production"), "iam", Control.NONE, List.of("somebody")));
        AccessRequest request = aPendingRequest();

        SyncReport report = apply(aws().moved(Cast.PROD, "r-acme").gone("ou-production"));

        assertThat(changes(report))
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Kind.SCOPE_MOVED, Cast.PROD), Tuple.tuple(Kind.UNIT_REMOVED, "ou-production"));
        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-production"))).isEmpty();
        assertThat(assignments.approves(Cast.ACME, Cast.CAROL)).containsExactly(new ScopeId("ou-development"));
        assertThat(count("control_exemption")).isZero();
        assertThat(changesRecorded(0))
                .contains("\"removedApprovers\":{\"ou-production\":[\"carol@acme.example\"]}")
                .contains("\"removedControls\":{\"ou-production iam\":\"NONE\"}");
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
    }

    @Test
    @DisplayName("R45 keeps a vanished unit, marked, for as long as a closed account lies below it")
    void keepsUnitsAboveClosedAccounts() {
        SyncReport first = apply(aws().gone(Cast.PROD, "ou-production"));
        SyncReport second = apply(aws().gone(Cast.PROD, "ou-production"));

        assertThat(changes(first))
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Kind.ACCOUNT_CLOSED, Cast.PROD), Tuple.tuple(Kind.UNIT_VANISHED, "ou-production"));
        assertThat(second.changes()).isEmpty();
        assertThat(scopes.path(Cast.ACME, new ScopeId(Cast.PROD))).hasValueSatisfying(path -> assertThat(path)
                .hasToString("r-acme/ou-workloads/ou-production/" + Cast.PROD));
        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-production")))
                .hasValueSatisfying(scope -> assertThat(scope.closed()).isTrue());
    }

    @Test
    @DisplayName("R45 removes vanished units within vanished units")
    void removesNestedUnits() {
        apply(aws().unit("ou-a", "r-acme").unit("ou-b", "ou-a").unit("ou-c", "ou-b"));

        SyncReport report = apply(aws().gone("ou-a", "ou-b", "ou-c"));

        assertThat(report.counts()).containsOnly(java.util.Map.entry(Kind.UNIT_REMOVED, 3));
        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-a"))).isEmpty();
    }

    @Test
    @DisplayName(
            "R56 that would close more than 5 accounts and a tenth is held back whole, told once, applied by force only")
    void holdsBackManyClosedAccounts() {
        AwsSays many = aws().unit("ou-many", "r-acme");
        List<String> ids = new ArrayList<>();
        for (int each = 0; each < 9; each++) {
            ids.add("30000000000" + each);
            many.account(ids.get(each), "ou-many");
        }
        apply(many);
        String[] six = ids.subList(0, 6).toArray(String[]::new);

        SyncReport first = apply(aws().gone(six).unit("ou-late", "r-acme"));
        SyncReport second = apply(aws().gone(six).unit("ou-late", "r-acme"));

        assertThat(first.applied()).isFalse();
        assertThat(first.heldBack()).containsExactly(new SyncReport.Hold("accounts", 6, 12));
        assertThat(first.counts()).containsEntry(Kind.ACCOUNT_CLOSED, 6).containsEntry(Kind.SCOPE_ADDED, 1);
        assertThat(second).isEqualTo(first);
        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-late"))).isEmpty();
        assertThat(scopes.account(Cast.ACME, ids.get(0))).isPresent();
        assertThat(records("organization.sync_held_back"))
                .singleElement()
                .satisfies(record -> assertThat(record.details()).contains("accounts 6 of 12"));

        SyncReport forced = sync.apply(
                Cast.ACME, aws().gone(six).unit("ou-late", "r-acme").at(clock.instant()), Cast.ERIN.value(), true);

        assertThat(forced.applied()).isTrue();
        assertThat(scopes.account(Cast.ACME, ids.get(0))).isEmpty();
        assertThat(synced().get(synced().size() - 1).actor()).isEqualTo(Cast.ERIN.value());
        assertThat(changesRecorded(synced().size() - 1)).contains("\"forced\":true");
    }

    @Test
    @DisplayName("R56 that would close 5 of 12 accounts is applied")
    void appliesAFewClosedAccounts() {
        AwsSays many = aws().unit("ou-many", "r-acme");
        for (int each = 0; each < 9; each++) {
            many.account("30000000000" + each, "ou-many");
        }
        apply(many);

        SyncReport report =
                apply(aws().gone("300000000000", "300000000001", "300000000002", "300000000003", "300000000004"));

        assertThat(report.applied()).isTrue();
        assertThat(report.counts()).containsEntry(Kind.ACCOUNT_CLOSED, 5);
    }

    @Test
    @DisplayName("R56 of another organization than before is held back, however small it is")
    void holdsBackAnotherOrganization() {
        AwsSays another = aws().gone(scopes.of(Cast.ACME).stream()
                        .map(scope -> scope.id().value())
                        .toArray(String[]::new))
                .root("r-other")
                .account(NEW_ACCOUNT, "r-other");

        SyncReport report = apply(another);

        assertThat(report.heldBack()).containsExactly(new SyncReport.Hold("root", 1, 1));
        assertThat(scopes.account(Cast.ACME, Cast.PROD)).isPresent();
    }

    @Test
    @DisplayName("R56 that would see more than 5 people and a tenth leave is held back")
    void holdsBackManyLeavers() {
        SyncReport report = apply(aws().deleted(
                        Cast.ALICE.value(),
                        Cast.BOB.value(),
                        Cast.CAROL.value(),
                        Cast.DAVE.value(),
                        Cast.VICTOR.value())
                .disabled(Cast.MALLORY.value()));

        assertThat(report.heldBack()).containsExactly(new SyncReport.Hold("people", 6, 9));
        assertThat(people.find(Cast.ACME, Cast.ALICE)).isPresent();
    }

    @Test
    @DisplayName("R70 leaves other tenants alone: their trees, and their people who have the same user name")
    void leavesOtherTenantsAlone() {
        List<Scope> trees = scopes.of(Cast.GLOBEX);
        Person gina = people.find(Cast.GINA).orElseThrow();

        SyncReport report = apply(
                aws().user("GINA@globex.example", "90670000-9999", "engineers").account(Cast.GLOBEX_MAIN, "r-acme"));

        assertThat(changes(report)).containsExactly(Tuple.tuple(Kind.SCOPE_ADDED, Cast.GLOBEX_MAIN));
        assertThat(report.notes())
                .singleElement()
                .asString()
                .contains("gina@globex.example")
                .doesNotContain("tenant");
        assertThat(people.find(Cast.GINA)).contains(gina);
        assertThat(scopes.of(Cast.GLOBEX)).isEqualTo(trees);
    }

    @Test
    @DisplayName("R12 makes a person of each user, by the user name in lower case, who asks and does no more")
    void addsPeople() {
        SyncReport report = apply(aws().user("Nora@Acme.example", "90670000-0100", "engineers", "auditors")
                .user(new User("nils", "", "", "90670000-0101", true, Set.of()))
                .user(new User("left@acme.example", "Left", "", "90670000-0102", false, Set.of())));

        assertThat(changes(report))
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Kind.PERSON_ADDED, "nils"), Tuple.tuple(Kind.PERSON_ADDED, "nora@acme.example"));
        assertThat(people.find(Cast.ACME, new PersonId("nora@acme.example")))
                .contains(new Person(
                        new PersonId("nora@acme.example"),
                        Cast.ACME,
                        "Somebody New",
                        "Nora@Acme.example",
                        Set.of("engineers", "auditors"),
                        Set.of(Role.REQUESTER),
                        true,
                        "90670000-0100"));
        assertThat(people.find(Cast.ACME, new PersonId("nils"))).hasValueSatisfying(nils -> {
            assertThat(nils.name()).isEqualTo("nils");
            assertThat(nils.email()).isEmpty();
        });
    }

    @Test
    @DisplayName("R42 follows names, addresses and groups of people, and leaves the roles that they were given here")
    void followsPeople() {
        SyncReport report = apply(aws().user(new User(
                Cast.ERIN.value(), "Erin Evans", "erin@new.example", "90670000-0005", true, Set.of("boards"))));

        assertThat(changes(report)).containsExactly(Tuple.tuple(Kind.PERSON_CHANGED, Cast.ERIN.value()));
        assertThat(people.find(Cast.ERIN)).hasValueSatisfying(erin -> {
            assertThat(erin.name()).isEqualTo("Erin Evans");
            assertThat(erin.email()).isEqualTo("erin@new.example");
            assertThat(erin.groups()).containsExactly("boards");
            assertThat(erin.roles()).containsExactlyInAnyOrder(Role.REQUESTER, Role.ADMINISTRATOR);
        });
        assertThat(people.passwordHash(Cast.ERIN)).isPresent();
    }

    @Test
    @DisplayName("R42 R24 takes the tasks of somebody who was deleted or disabled, and gives them back when he returns")
    void takesTasksOfLeavers() {
        AccessRequest request = aPendingRequest();
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());

        SyncReport left = apply(aws().deleted(Cast.BOB.value()));

        assertThat(changes(left)).containsExactly(Tuple.tuple(Kind.PERSON_LEFT, Cast.BOB.value()));
        assertThat(people.find(Cast.ACME, Cast.BOB)).isEmpty();
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());
        assertThat(apply(aws()).changes()).isEmpty();

        SyncReport returned = apply(
                aws().user(new User(Cast.BOB.value(), "Bob Baker", "", "90670000-0002", true, Set.of("approvers"))));

        assertThat(changes(returned)).containsExactly(Tuple.tuple(Kind.PERSON_RETURNED, Cast.BOB.value()));
        assertThat(candidates(request)).containsExactly(Cast.BOB.value(), Cast.CAROL.value());
        apply(aws().disabled(Cast.BOB.value()));
        assertThat(candidates(request)).containsExactly(Cast.CAROL.value());
    }

    @Test
    @DisplayName("R42 takes the tasks of an administrator who left, where nobody else is assigned")
    void takesTasksOfAdministrators() {
        assign(Cast.PROD);
        assign("ou-production");
        assign("r-acme");
        AccessRequest request = aPendingRequest();
        assertThat(candidates(request)).containsExactly(Cast.ERIN.value());

        apply(aws().disabled(Cast.ERIN.value()));

        assertThat(candidates(request)).isEmpty();
    }

    @Test
    @DisplayName("R55 leaves what somebody who left has open: that is ended by hand, or at its end")
    void leavesGrantsOfLeavers() {
        AccessRequest request = anActiveRequest();

        apply(aws().deleted(Cast.ALICE.value()));
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
    }

    @Test
    @DisplayName("R19 leaves services and logins that are not of AWS alone, and whoever was set inactive here")
    void leavesOthersAlone() {
        database.sql("update person set identity_store_id = '' where id in (?, ?)")
                .params(Cast.OSCAR.value(), Cast.PETRA.value())
                .update();
        leaves(Cast.PETRA);

        SyncReport report = apply(aws().user("intake@acme.example", "90670000-0200")
                .user(Cast.PETRA.value(), "90670000-0008")
                .user("Double@acme.example", "90670000-0201")
                .user("double@acme.example", "90670000-0202"));

        assertThat(report.changes()).isEmpty();
        assertThat(report.notes()).hasSize(3);
        assertThat(people.find(Cast.ACME, Cast.OSCAR)).isPresent();
        assertThat(people.find(Cast.ACME, Cast.PETRA)).isEmpty();
        assertThat(people.find(Cast.ACME, new PersonId("intake@acme.example")))
                .hasValueSatisfying(service -> assertThat(service.roles()).containsExactly(Role.INTAKE));
    }

    @Test
    @DisplayName("R12 says so when somebody was deleted and made anew in the identity store")
    void tellsOfPeopleMadeAnew() {
        SyncReport report = apply(
                aws().user(new User(Cast.BOB.value(), "Bob Baker", "", "90670000-7777", true, Set.of("approvers"))));

        assertThat(report.changes())
                .containsExactly(new SyncReport.Change(
                        Kind.PERSON_RECREATED, Cast.BOB.value(), "90670000-0002", "90670000-7777"));
    }

    @Test
    @DisplayName("R57 knows the tagged permission sets, and keeps what the administrator said of their sessions")
    void followsPermissionSets() {
        assertThat(changes(apply(aws().tagged("Database").tagged("Billing"))))
                .containsExactly(
                        Tuple.tuple(Kind.PERMISSION_SET_ADDED, "Database"),
                        Tuple.tuple(Kind.PERMISSION_SET_ADDED, "Billing"));
        organization.closeSessions(as(Cast.ERIN), new PermissionSetName("Database"), true);
        database.sql("update permission_set set description = 'old'").update();

        SyncReport report = apply(aws().tagged("Database").tagged("Billing"));

        assertThat(report.counts()).containsOnly(java.util.Map.entry(Kind.PERMISSION_SET_CHANGED, 2));
        assertThat(permissionSets.of(Cast.ACME))
                .extracting(PermissionSets.PermissionSet::closesSessions)
                .containsExactly(false, true);
        assertThat(permissionSets.find(Cast.ACME, new PermissionSetName("Database")))
                .hasValueSatisfying(set -> {
                    assertThat(set.arn()).isEqualTo(AwsSays.arn("Database"));
                    assertThat(set.description()).isEqualTo("For Database.");
                    assertThat(set.sessionDuration()).isEqualTo(Duration.ofHours(4));
                });
    }

    @Test
    @DisplayName("R57 forgets a permission set that is gone or lost its tag, and records which controls still name it")
    void forgetsPermissionSets() {
        apply(aws().tagged("Database").tagged("Billing"));
        organization.setControl(
                as(Cast.ERIN),
                new Controls.ScopeControl(
                        new ScopeId("ou-production"),
                        "rds",
                        Control.PROTECTED,
                        List.of(),
                        Way.ACCOUNT_ASSIGNMENT,
                        new PermissionSetName("Database")));

        SyncReport report = apply(aws().untagged("Database"));

        assertThat(changes(report))
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Kind.PERMISSION_SET_UNTAGGED, "Database"),
                        Tuple.tuple(Kind.PERMISSION_SET_REMOVED, "Billing"));
        assertThat(permissionSets.of(Cast.ACME)).isEmpty();
        assertThat(changesRecorded(1)).contains("\"controlsWithoutPermissionSet\":[\"ou-production rds\"]");
    }

    @Test
    @DisplayName("R57 leaves people and permission sets alone where the tenant has no identity store")
    void leavesAloneWhatIsNotRead() {
        apply(aws().tagged("Database"));

        SyncReport report = sync.apply(Cast.ACME, aws().treeAt(clock.instant()), AuditTrail.DRAWBRIDGE, false);

        assertThat(report.changes()).isEmpty();
        assertThat(permissionSets.of(Cast.ACME)).hasSize(1);
    }

    @Test
    @DisplayName("R17 marks the management account, where no service control policy closes anything")
    void marksTheManagementAccount() {
        assertThat(changes(apply(aws().management(Cast.PROD))))
                .containsExactly(Tuple.tuple(Kind.MANAGEMENT_ACCOUNT, Cast.PROD));
        apply(aws().tagged("Database"));
        ScopeId management = new ScopeId(Cast.PROD);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> organization.setControl(
                        as(Cast.ERIN), new Controls.ScopeControl(management, "s3", Control.PROTECTED, List.of())))
                .satisfies(refusal -> assertThat(refusal.fields()).containsOnlyKeys("way"));
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(this::aPendingRequest)
                .withMessageContaining("management account");
        organization.setControl(
                as(Cast.ERIN),
                new Controls.ScopeControl(
                        management,
                        "s3",
                        Control.PROTECTED,
                        List.of(),
                        Way.ACCOUNT_ASSIGNMENT,
                        new PermissionSetName("Database")));
        assertThat(aPendingRequest().status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R3 is one record, of bounded size however much has changed")
    void recordsWithinBounds() {
        AwsSays many = aws();
        for (int each = 0; each < 300; each++) {
            many.user(new User("p" + each, "x".repeat(1000), "", "id-" + each, true, Set.of("g".repeat(200))));
        }

        SyncReport report = apply(many);

        assertThat(report.counts()).containsEntry(Kind.PERSON_ADDED, 300);
        assertThat(synced()).singleElement().satisfies(record -> {
            assertThat(record.subject()).isEqualTo("acme");
            assertThat(record.actor()).isEqualTo(AuditTrail.DRAWBRIDGE);
            assertThat(record.details())
                    .contains("\"person-added\":300", "\"notShown\":200")
                    .hasSizeLessThan(100_000);
        });
        assertThat(people.find(Cast.ACME, new PersonId("p1")))
                .hasValueSatisfying(person -> assertThat(person.groups()).isEmpty());
    }

    @Test
    @DisplayName("R3 of an older reading than the last changes nothing")
    void turnsAwayOlderReadings() {
        apply(aws().renamed("ou-sandbox", "Playground"));

        SyncReport late = sync.apply(
                Cast.ACME,
                aws().renamed("ou-sandbox", "Sandbox").at(TestClock.START.minusSeconds(1)),
                AuditTrail.DRAWBRIDGE,
                true);

        assertThat(late.applied()).isFalse();
        assertThat(late.notes()).hasSize(1);
        assertThat(scopes.find(Cast.ACME, new ScopeId("ou-sandbox")))
                .hasValueSatisfying(scope -> assertThat(scope.name()).isEqualTo("Playground"));
    }

    @Test
    @DisplayName("R50 that fails or is held back leaves the tenant behind since the first time, until one is applied")
    void leavesBehind() {
        Instant first = clock.instant();
        SyncDesk desk = desk(tenant -> {
            throw new OrganizationUnreadableException("AWS is down.");
        });
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatExceptionOfType(OrganizationUnreadableException.class).isThrownBy(() -> desk.sync(Cast.ACME));
            clock.moveBy(Duration.ofMinutes(15));
        }
        assertThat(synchronizations.behindSince(Cast.ACME)).contains(first);
        assertThat(synchronizations.behindSince(Cast.GLOBEX)).isEmpty();

        OrganizationSnapshot another = aws().gone(scopes.of(Cast.ACME).stream()
                        .map(scope -> scope.id().value())
                        .toArray(String[]::new))
                .root("r-other")
                .account(NEW_ACCOUNT, "r-other")
                .at(clock.instant());
        assertThat(desk(tenant -> another).sync(Cast.ACME).heldBack()).isNotEmpty();
        assertThat(synchronizations.behindSince(Cast.ACME)).contains(first);

        OrganizationSnapshot same = aws().at(clock.instant());
        assertThat(desk(tenant -> same).sync(Cast.ACME).applied()).isTrue();
        assertThat(synchronizations.behindSince(Cast.ACME)).isEmpty();

        Instant held = clock.instant();
        for (int attempt = 0; attempt < 2; attempt++) {
            desk(tenant -> another).sync(Cast.ACME);
            clock.moveBy(Duration.ofMinutes(15));
        }
        assertThat(synchronizations.behindSince(Cast.ACME)).contains(held);
    }

    /** What AWS says to it comes from there. */
    private SyncDesk desk(Function<TenantId, OrganizationSnapshot> aws) {
        OrganizationSource source = new OrganizationSource() {
            @Override
            public List<TenantId> tenants() {
                return List.of(Cast.ACME);
            }

            @Override
            public OrganizationSnapshot read(TenantId tenant) {
                return aws.apply(tenant);
            }
        };
        return new SyncDesk(
                source,
                synchronizations,
                scopes,
                assignments,
                controls,
                permissionSets,
                roster,
                trail,
                events,
                clock,
                transactions);
    }

    @Test
    @DisplayName("R56 of an answer that is no tree never comes to be")
    void refusesWhatIsNoTree() {
        Place root = place("r-1", null, Scope.Kind.ORGANIZATION);
        Place account = place(NEW_ACCOUNT, "r-1", Scope.Kind.ACCOUNT);

        for (List<Place> nonsense : List.of(
                List.<Place>of(),
                List.of(root),
                List.of(account),
                List.of(root, account, account),
                List.of(root, account, place("ou-1", "ou-2", Scope.Kind.ORGANIZATIONAL_UNIT)),
                List.of(
                        root,
                        account,
                        place("ou-1", "ou-2", Scope.Kind.ORGANIZATIONAL_UNIT),
                        place("ou-2", "ou-1", Scope.Kind.ORGANIZATIONAL_UNIT)),
                List.of(root, account, place("ou-1", NEW_ACCOUNT, Scope.Kind.ORGANIZATIONAL_UNIT)),
                List.of(place("ou-0", null, Scope.Kind.ORGANIZATIONAL_UNIT), place("1", "ou-0", Scope.Kind.ACCOUNT)))) {
            assertThatExceptionOfType(OrganizationUnreadableException.class)
                    .as(nonsense.toString())
                    .isThrownBy(() -> new OrganizationSnapshot(TestClock.START, nonsense, null, null));
        }
    }

    private AwsSays aws() {
        TenantId acme = Cast.ACME;
        List<Person> present =
                roster.everybody(acme).stream().filter(Person::active).toList();
        return AwsSays.asKnown(acme, scopes.of(acme), present);
    }

    private SyncReport apply(AwsSays says) {
        return sync.apply(Cast.ACME, says.at(clock.instant()), AuditTrail.DRAWBRIDGE, false);
    }

    private List<AuditRecord> records(String action) {
        return trail.of(Cast.ACME, Cast.ACME.value()).stream()
                .filter(record -> record.action().equals(action))
                .toList();
    }

    private List<AuditRecord> synced() {
        return records("organization.synced");
    }

    private String changesRecorded(int number) {
        return synced().get(number).details();
    }

    private static List<Tuple> changes(SyncReport report) {
        return report.changes().stream()
                .map(change -> Tuple.tuple(change.kind(), change.subject()))
                .toList();
    }

    private static Place place(String id, @org.jspecify.annotations.Nullable String parent, Scope.Kind kind) {
        return new Place(new ScopeId(id), parent == null ? null : new ScopeId(parent), kind, id, true, false);
    }
}
