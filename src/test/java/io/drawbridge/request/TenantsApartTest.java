package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.grant.GrantId;
import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.identity.PersonId;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No row of one tenant is ever visible to another. */
class TenantsApartTest extends RequestStage {

    static Stream<Arguments> strangers() {
        return Stream.of(Cast.GINA, Cast.GUS)
                .flatMap(person -> Stream.of(Arguments.of(person, false), Arguments.of(person, true)));
    }

    @ParameterizedTest(name = "R70 {0} reaches nothing of acme (as if of acme: {1})")
    @MethodSource("strangers")
    void strangerReachesNothing(PersonId stranger, boolean pretending) {
        Caller caller = pretending ? as(stranger, Cast.ACME) : as(stranger);
        AccessRequest request = anActiveRequest();
        AccessRequest open = ask(Cast.ALICE, Cast.PROD, "kms:ScheduleKeyDeletion", "PT1H");
        GrantId grant = grantOf(request.id()).id();
        long records = count("audit_record");

        for (ThrowingCallable deed : List.<ThrowingCallable>of(
                () -> reader.read(caller, request.id()),
                () -> reader.history(caller, request.id()),
                () -> reader.durations(caller, open.id()),
                () -> decisions.approve(caller, open.id(), "Fine.", null),
                () -> decisions.deny(caller, open.id(), "No."),
                () -> justification.justify(caller, open.id(), "Mine.", "PT1H"),
                () -> justification.abandon(caller, open.id()),
                () -> justification.cancel(caller, open.id()),
                () -> conversation.read(caller, open.id()),
                () -> conversation.write(caller, open.id(), "Hello."),
                () -> reviews.review(caller, open.id(), "Fine.", true),
                () -> grantDesk.read(caller, grant),
                () -> grantDesk.endEarly(caller, grant))) {
            assertThatThrownBy(deed).isInstanceOf(NotFoundException.class);
        }

        assertThat(statusOf(open.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(cloud.whoHasAccess()).hasSize(1);
        assertThat(count("audit_record")).isEqualTo(records);
    }

    @Test
    @DisplayName("R70 lists of another tenant are empty")
    void listsAreEmpty() {
        anActiveRequest();

        for (PersonId stranger : List.of(Cast.GINA, Cast.GUS)) {
            assertThat(reader.list(as(stranger), Set.of(), null, null, null, null, 100))
                    .isEmpty();
            assertThat(reader.list(as(stranger), Set.of(), Cast.PROD, Cast.ALICE, "s3", null, 100))
                    .isEmpty();
            assertThat(grantDesk.list(as(stranger), Set.of(), null, null, null, 100))
                    .isEmpty();
        }
        assertThat(reader.list(as(Cast.ALICE), Set.of(), null, null, null, null, 100))
                .hasSize(1);
    }

    @Test
    @DisplayName("R17 nobody asks for an account of another tenant")
    void nobodyAsksAcrossTenants() {
        assertThatThrownBy(() -> ask(Cast.GINA, Cast.PROD, "s3:DeleteBucket", "PT1H"))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ask(Cast.ERIN, Cast.GLOBEX_MAIN, "s3:DeleteBucket", "PT1H"))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> opening.ask(as(Cast.GINA, Cast.ACME), anAsk(Cast.PROD, "s3:DeleteBucket", "PT1H")))
                .isInstanceOf(ForbiddenException.class);
        assertThat(count("access_request")).isZero();
    }

    @Test
    @DisplayName("R24 globex lives by its own approvers and policies, and acme's administrator has no say there")
    void eachTenantForItself() {
        AccessRequest request = ask(Cast.GINA, Cast.GLOBEX_MAIN, "s3:DeleteBucket", "PT8H");

        assertThat(candidates(request)).containsExactly(Cast.GUS.value());
        for (PersonId stranger : List.of(Cast.ERIN, Cast.DAVE, Cast.OSCAR)) {
            assertThatThrownBy(() -> decisions.approve(as(stranger), request.id(), "Fine.", null))
                    .isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> decisions.approve(as(stranger, Cast.GLOBEX), request.id(), "Fine.", null))
                    .isInstanceOf(NotFoundException.class);
        }
        decisions.approve(as(Cast.GUS), request.id(), "Fine.", null);
        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        assertThat(database.sql("select distinct tenant_id from notice")
                        .query(String.class)
                        .list())
                .containsExactly("globex");
        assertThat(database.sql("select distinct tenant_id from audit_record")
                        .query(String.class)
                        .list())
                .containsExactly("globex");
    }

    @Test
    @DisplayName("R45 no administrator assigns people of another tenant, or at its scopes")
    void administratorsStayAtHome() {
        assertThatThrownBy(() -> assign(Cast.PROD, Cast.GUS)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> assign("r-globex", Cast.BOB)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> organization.assignApprovers(
                        as(Cast.ERIN, Cast.GLOBEX), new ScopeId("r-globex"), List.of(Cast.GUS), true, true))
                .isInstanceOf(ForbiddenException.class);
        assertThat(count("approver")).isEqualTo(6);
    }

    @Test
    @DisplayName("R72 in Tasklist a person of another tenant sees and completes nothing, even if he was given the task")
    void tasklistIsApart() {
        AccessRequest request = aPendingRequest();
        tasks.addCandidateUser(taskOf(request, APPROVE).getId(), Cast.GUS.value());

        inTasklist(Cast.GUS, () -> {
            assertThat(tasks.createTaskQuery().count()).isZero();
            assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        });
        inTasklist(Cast.BOB, () -> assertThat(tasks.createTaskQuery().count()).isOne());
    }
}
