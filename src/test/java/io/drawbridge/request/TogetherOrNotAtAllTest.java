package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A change, its record, its notices and the step of the process are one thing. */
class TogetherOrNotAtAllTest extends RequestStage {
    private static final List<String> WRITTEN = List.of(
            "access_request",
            "audit_record",
            "notice",
            "policy_decision",
            "request_rung",
            "access_grant",
            "lease",
            "ACT_RU_EXECUTION",
            "ACT_RU_TASK",
            "ACT_RU_JOB",
            "ACT_RU_VARIABLE",
            "ACT_RU_IDENTITYLINK",
            "ACT_HI_PROCINST",
            "ACT_HI_ACTINST");

    @AfterEach
    void mend() {
        database.sql("alter table notice drop constraint if exists broken").update();
    }

    @Test
    @DisplayName("R3 an opening that fails at the very end leaves nothing behind")
    void failedOpeningLeavesNothing() {
        Map<String, Long> before = counts();

        assertThatThrownBy(() -> failingLate(this::aPendingRequest)).hasMessage("The end is lost.");

        assertThat(counts()).isEqualTo(before);
    }

    @Test
    @DisplayName("R3 an approval that fails at the very end leaves the request pending, and nothing else")
    void failedApprovalLeavesNothing() {
        AccessRequest request = aPendingRequest();
        Map<String, Object> row = row(request);
        Map<String, Long> before = counts();

        assertThatThrownBy(() -> failingLate(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null)))
                .hasMessage("The end is lost.");

        assertThat(row(request)).isEqualTo(row);
        assertThat(counts()).isEqualTo(before);
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
    }

    @Test
    @DisplayName("R3 a notice that cannot be written takes the approval back with it")
    void approvalWithoutItsNoticeIsNone() {
        AccessRequest request = aPendingRequest();
        Map<String, Object> row = row(request);
        Map<String, Long> before = counts();
        refuseNotices("approved");

        assertThatThrownBy(() -> decisions.approve(as(Cast.BOB), request.id(), "Fine.", null))
                .isInstanceOf(RuntimeException.class);

        assertThat(row(request)).isEqualTo(row);
        assertThat(counts()).isEqualTo(before);
    }

    @Test
    @DisplayName("R3 R47 an expiry whose notices cannot be written is tried again, whole")
    void expiryIsTriedAgainWhole() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(23));
        refuseNotices("expired");

        clock.moveBy(Duration.ofHours(1));
        assertThat(runDueJobs()).isNotEmpty();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(recorded(request)).doesNotContain("request.expired");
        mend();
        management.createJobQuery().noRetriesLeft().list().forEach(job -> management.setJobRetries(job.getId(), 1));
        runDueJobs();
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.EXPIRED);
        assertThat(recorded(request)).contains("request.expired");
        assertThat(told(request, "expired")).contains(Cast.ALICE.value(), Cast.BOB.value());
    }

    @Test
    @DisplayName("R3 a change of approvers that fails leaves assignment, task and record as they were")
    void failedAssignmentLeavesNothing() {
        AccessRequest request = aPendingRequest();
        Map<String, Long> before = counts();
        clock.moveBy(Duration.ofSeconds(1));
        refuseNotices("decide");

        assertThatThrownBy(() -> assign(Cast.PROD, Cast.BOB, Cast.VICTOR)).isInstanceOf(RuntimeException.class);

        assertThat(counts()).isEqualTo(before);
        assertThat(candidates(request)).containsExactly(Cast.BOB.value());
        assertThat(count("approver")).isEqualTo(6);
    }

    @Test
    @DisplayName("R1 R24 a refusal stays on record although its transaction is rolled back")
    void refusalStaysOnRecord() {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(() -> transaction.executeWithoutResult(
                        status -> decisions.approve(as(Cast.ALICE), request.id(), "Mine.", null)))
                .isInstanceOf(RuntimeException.class);

        assertThat(records(request, "request.refused")).hasSize(1);
    }

    private void failingLate(Runnable deed) {
        transaction.executeWithoutResult(status -> {
            deed.run();
            throw new IllegalStateException("The end is lost.");
        });
    }

    private void refuseNotices(String kind) {
        database.sql("alter table notice add constraint broken check (kind <> '" + kind
                        + "' or created_at < timestamp with time zone '" + clock.instant() + "')")
                .update();
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        WRITTEN.forEach(table -> counts.put(table, count(table)));
        return counts;
    }
}
