package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.GrantStateException;
import io.drawbridge.grant.dryrun.DryRunCloud;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may end a grant before its end, one by one and many at once. */
@DisplayName("Ending early")
class EndingEarlyTest extends GrantStage {

    @ParameterizedTest
    @ValueSource(strings = {"alice", "bob", "carol", "dave", "erin"})
    @DisplayName("R55 is for the requester, the approvers of the account and of every scope above, and administrators")
    void isForThoseWhoAreConcerned(String name) {
        PersonId person = new PersonId(name + "@acme.example");
        AccessRequest request = anActiveRequest();

        Grant grant = grantDesk.endEarly(as(person), grantOf(request.id()).id());
        runDueJobs();

        assertThat(grant.endedBy()).contains(person.value());
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(recorded(request)).contains("grant.ended_early", "grant.revoked");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mallory@acme.example", "petra@acme.example", "gina@globex.example", "gus@globex.example"})
    @DisplayName("R55 R70 tells those who may not know of the grant that there is none")
    void isNotFoundByStrangers(String name) {
        AccessRequest request = anActiveRequest();

        assertThatThrownBy(() -> grantDesk.endEarly(
                        as(new PersonId(name)), grantOf(request.id()).id()))
                .isInstanceOf(NotFoundException.class);

        isStillOn(request);
    }

    @Test
    @DisplayName("R55 R70 is refused to those who may only read, and the refusal is recorded")
    void isRefusedToViewers() {
        AccessRequest request = anActiveRequest();

        assertThatThrownBy(() -> grantDesk.endEarly(
                        as(Cast.VICTOR), grantOf(request.id()).id()))
                .isInstanceOf(ForbiddenException.class);

        assertThat(recorded(request)).contains("grant.refused");
        isStillOn(request);
    }

    @Test
    @DisplayName("R55 R1 is refused when the grant is already ending, and when it has ended")
    void isRefusedTwice() {
        AccessRequest request = anActiveRequest();
        cloud.confirmAfter(Duration.ofSeconds(10));
        grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());

        assertThatThrownBy(() ->
                        grantDesk.endEarly(as(Cast.BOB), grantOf(request.id()).id()))
                .isInstanceOf(GrantStateException.class);
        secondBySecond(Duration.ofSeconds(11));
        assertThatThrownBy(() ->
                        grantDesk.endEarly(as(Cast.BOB), grantOf(request.id()).id()))
                .isInstanceOf(GrantStateException.class);

        assertThat(grantOf(request.id()).endedBy()).contains(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R55 is possible before the cloud was ever called, and then it never is")
    void isPossibleBeforeTheCloudIsCalled() {
        AccessRequest request = anApprovedRequest("PT1H");

        grantDesk.endEarly(as(Cast.ALICE), grantOf(request.id()).id());
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("access_on")).isEmpty();
        nothingIsLeft();
    }

    @Test
    @DisplayName("R55 of all grants of a person leaves those of everybody else")
    void endsAllOfAPerson() {
        manyGrants();

        assertThat(grantDesk.endAll(as(Cast.ERIN), Cast.ALICE, null, false, "Laptop lost."))
                .hasSize(3)
                .allSatisfy(grant -> assertThat(grant.endReason()).contains("Laptop lost."));
        runDueJobs();

        assertThat(cloud.whoHasAccess()).hasSize(2).noneMatch(access -> access.identity()
                .contains("alice"));
    }

    @ParameterizedTest
    @CsvSource({
        "r-acme, 4",
        "ou-workloads, 4",
        "ou-production, 1",
        "ou-development, 3",
        "111122223333, 1",
        "ou-sandbox, 0"
    })
    @DisplayName("R55 of all grants of a scope ends those in it and below it")
    void endsAllOfAScope(String scope, int ended) {
        manyGrants();

        assertThat(grantDesk.endAll(as(Cast.ERIN), null, new ScopeId(scope), false, "Incident."))
                .hasSize(ended);
        runDueJobs();

        assertThat(cloud.whoHasAccess()).hasSize(5 - ended);
    }

    @Test
    @DisplayName("R55 of all grants of a tenant ends none of another tenant's")
    void endsAllOfATenant() {
        manyGrants();

        assertThat(grantDesk.endAll(as(Cast.ERIN), null, null, true, "Incident."))
                .hasSize(4);
        runDueJobs();

        assertThat(cloud.whoHasAccess()).extracting(DryRunCloud.Access::account).containsExactly(Cast.GLOBEX_MAIN);
        assertThat(grantDesk.endAll(as(Cast.ERIN), null, null, true, "Once more."))
                .isEmpty();
    }

    @Test
    @DisplayName("R55 of many ends those too that are still being provided")
    void endsAllThatAreBeingProvided() {
        cloud.confirmAfter(Duration.ofSeconds(30));
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();

        grantDesk.endAll(as(Cast.ERIN), null, null, true, "Incident.");
        secondBySecond(Duration.ofSeconds(31));

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "bob", "victor", "oscar", "petra"})
    @DisplayName("R55 of many is for administrators only")
    void ofManyIsForAdministrators(String name) {
        AccessRequest request = anActiveRequest();

        assertThatThrownBy(() ->
                        grantDesk.endAll(as(new PersonId(name + "@acme.example")), null, null, true, "Because I can."))
                .isInstanceOf(ForbiddenException.class);

        isStillOn(request);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "   "})
    @DisplayName("R55 of many needs a reason")
    void ofManyNeedsAReason(@Nullable String reason) {
        refusesToEndAll(null, null, true, reason);
    }

    @Test
    @DisplayName(
            "R55 of many refuses what matches nothing by mistake: no filter, a stranger, a scope of another tenant")
    void ofManyRefusesWhatIsMistaken() {
        refusesToEndAll(null, null, false, "Incident.");
        refusesToEndAll(Cast.GINA, null, false, "Incident.");
        refusesToEndAll(new PersonId("nobody@acme.example"), null, false, "Incident.");
        refusesToEndAll(null, new ScopeId("r-globex"), false, "Incident.");
        refusesToEndAll(null, null, true, "x".repeat(2001));
    }

    private void refusesToEndAll(
            @Nullable PersonId person, @Nullable ScopeId scope, boolean all, @Nullable String reason) {
        setTheStage();
        AccessRequest request = anActiveRequest();

        assertThatThrownBy(() -> grantDesk.endAll(as(Cast.ERIN), person, scope, all, reason))
                .isInstanceOf(InvalidInputException.class);

        isStillOn(request);
    }

    private void isStillOn(AccessRequest request) {
        runDueJobs();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    /** Three of Alice's, one of Mallory's, and one of another tenant. */
    private void manyGrants() {
        anApprovedRequest("PT1H");
        anAutomaticRequest("PT1H");
        opening.ask(as(Cast.ALICE), anAsk(Cast.DEV, "s3:PutBucketPolicy", "PT1H"));
        opening.ask(as(Cast.MALLORY), anAsk(Cast.DEV, "s3:DeleteBucket", "PT1H"));
        AccessRequest abroad = opening.ask(as(Cast.GINA), anAsk(Cast.GLOBEX_MAIN, "s3:DeleteBucket", "PT1H"));
        decisions.approve(as(Cast.GUS), abroad.id(), "Fine.", null);
        runDueJobs();
        assertThat(cloud.whoHasAccess()).hasSize(5);
    }
}
