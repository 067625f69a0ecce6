package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.grant.ReconciliationDesk;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@DisplayName("A grant whose process is late")
@SuppressWarnings("NullAway.Init")
class LateEndsTest extends GrantStage {
    @Autowired
    private LateEnds ends;

    @Autowired
    private BegunEnds stalled;

    @Autowired
    private ReconciliationDesk desk;

    @Test
    @DisplayName(
            "R52 R53 is taken back within two seconds of its end, and told by its process when that comes to it, once")
    void isTakenBackWithoutItsProcess() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        Instant end = grantOf(request.id()).endsAt();

        clock.setTo(end.plus(ReconciliationDesk.LEFT_TO_THE_PROCESS));
        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        clock.setTo(end.plus(ReconciliationDesk.LEFT_TO_THE_PROCESS).plusMillis(1));
        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(told("revoked")).isEmpty();

        runDueJobs();
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        assertThat(grantOf(request.id()).revokedAt())
                .contains(end.plus(ReconciliationDesk.LEFT_TO_THE_PROCESS).plusMillis(1));
        nothingIsLeft();
        ends.round();
        assertThat(told("revoked")).hasSize(1);
    }

    @Test
    @DisplayName("R52 is taken back and told although its process was deleted")
    void isTakenBackAndToldIfItHasNoProcess() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        runtime.deleteProcessInstance(grantInstance(request.id()).getRootProcessInstanceId(), "by hand");

        clock.setTo(grantOf(request.id()).endsAt().plusSeconds(2));
        ends.round();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R3 without its process is called gone together with the notice, or not at all")
    void isNotCalledGoneWithoutItsNotice() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        runtime.deleteProcessInstance(grantInstance(request.id()).getRootProcessInstanceId(), "by hand");
        clock.setTo(grantOf(request.id()).endsAt().plusSeconds(2));

        database.sql("alter table notice rename to notice_away").update();
        try {
            ends.round();
        } finally {
            database.sql("alter table notice_away rename to notice").update();
        }
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        clock.moveBy(ReconciliationDesk.LEFT_TO_WHO_BEGAN.plusSeconds(1));
        stalled.round();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).containsExactly(Cast.ALICE.value());
        nothingIsLeft();
    }

    @Test
    @DisplayName("R53 is left to its process, which never gives up, where the cloud takes nothing")
    void isLeftToItsProcessWhereTheCloudIsDown() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        cloud.throttle(true);

        clock.setTo(grantOf(request.id()).endsAt().plusSeconds(2));
        ends.round();
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKING);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(desk.late(10)).isEmpty();

        cloud.throttle(false);
        secondBySecond(Duration.ofSeconds(15));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(told("revoked")).hasSize(1);
        nothingIsLeft();
    }
}
