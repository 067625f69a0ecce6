package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.PersonId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is final stays as it is, and who comes second is told so. */
class FinalStatusTest extends RequestStage {

    /** How a request comes to each of its ends. */
    private static final Map<String, Function<FinalStatusTest, AccessRequest>> ENDS = Map.of(
            "APPROVED", FinalStatusTest::anActiveRequest,
            "DENIED by approver", FinalStatusTest::denied,
            "DENIED by policy", stage -> stage.ask(Cast.ALICE, Cast.PROD, "cloudtrail:StopLogging", "PT1H"),
            "EXPIRED", FinalStatusTest::expired,
            "ABANDONED", FinalStatusTest::abandoned,
            "ABANDONED_EXPIRED", FinalStatusTest::silent,
            "CANCELLED", FinalStatusTest::cancelled);

    private static final Map<String, BiConsumer<FinalStatusTest, AccessRequest>> DEEDS = Map.of(
            "approve", (stage, request) -> stage.decisions.approve(stage.as(Cast.BOB), request.id(), "Fine.", null),
            "deny", (stage, request) -> stage.decisions.deny(stage.as(Cast.BOB), request.id(), "No."),
            "justify",
                    (stage, request) ->
                            stage.justification.justify(stage.as(Cast.ALICE), request.id(), "Because.", "PT1H"),
            "abandon", (stage, request) -> stage.justification.abandon(stage.as(Cast.ALICE), request.id()),
            "cancel", (stage, request) -> stage.justification.cancel(stage.as(Cast.ALICE), request.id()));

    static Stream<Arguments> everyEndAndEveryDeed() {
        return ENDS.keySet().stream()
                .sorted()
                .flatMap(end -> DEEDS.keySet().stream().sorted().map(deed -> Arguments.of(end, deed)));
    }

    @ParameterizedTest(name = "R1 {0}: a late {1} is refused, changes nothing and is on record")
    @MethodSource("everyEndAndEveryDeed")
    void lateDeedIsRefusedAndRecorded(String end, String deed) {
        AccessRequest request = Objects.requireNonNull(ENDS.get(end)).apply(this);
        Map<String, Object> before = row(request);
        long notices = count("notice");
        long grantsBefore = count("access_grant");

        assertThatThrownBy(() -> Objects.requireNonNull(DEEDS.get(deed)).accept(this, request))
                .isInstanceOf(StatusConflictException.class)
                .hasMessageContaining(end.split(" ", -1)[0]);

        runDueJobs();
        assertThat(row(request)).isEqualTo(before);
        assertThat(count("notice")).isEqualTo(notices);
        assertThat(count("access_grant")).isEqualTo(grantsBefore);
        PersonId who = deed.equals("approve") || deed.equals("deny") ? Cast.BOB : Cast.ALICE;
        assertThat(records(request, "request.refused")).singleElement().satisfies(refusal -> assertThat(refusal.actor())
                .isEqualTo(who.value()));
    }

    @Test
    @DisplayName("R2 two approvals make one grant, and the second is a conflict")
    void secondApprovalIsAConflict() {
        AccessRequest request = aPendingRequest();
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);

        assertThatThrownBy(() -> decisions.approve(as(Cast.CAROL), request.id(), "Fine, too.", null))
                .isInstanceOf(StatusConflictException.class);
        runDueJobs();

        assertThat(count("access_grant")).isOne();
        assertThat(now(request).decision().orElseThrow().person()).isEqualTo(Cast.BOB);
        assertThat(cloud.whoHasAccess()).hasSize(1);
    }

    @Test
    @DisplayName(
            "R2 R47 an approval at the very moment of the expiry wins if it comes first, and the expiry does nothing")
    void approvalBeforeTheTimerWins() {
        AccessRequest request = aPendingRequest();
        clock.moveBy(Duration.ofHours(24));

        decisions.approve(as(Cast.BOB), request.id(), "Just in time.", null);
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.APPROVED);
        assertThat(told(request, "expired")).isEmpty();
        assertThat(recorded(request)).doesNotContain("request.expired");
    }

    @Test
    @DisplayName("R5 after EXPIRED the next request names the old one, and only the next")
    void nextRequestNamesTheExpiredOne() {
        AccessRequest old = expired();

        AccessRequest next = aPendingRequest();
        justification.cancel(as(Cast.ALICE), next.id());
        AccessRequest third = aPendingRequest();

        assertThat(next.previous()).contains(old.id());
        assertThat(third.previous()).isEmpty();
    }

    @Test
    @DisplayName("R5 after EXPIRED the next denied call opens a new request that names the old one")
    void nextDenialNamesTheExpiredOne() {
        AccessRequest old = expired();

        AccessRequest next = aDenial(person(Cast.ALICE), Cast.ALICE, Cast.PROD, java.util.Set.of());

        assertThat(next.status()).isEqualTo(RequestStatus.REQUESTED);
        assertThat(next.previous()).contains(old.id());
        assertThat(statusOf(old.id())).isEqualTo(RequestStatus.EXPIRED);
    }

    @Test
    @DisplayName("R5 what is asked twice while it is open is refused with the open request's id")
    void openRequestIsNotOpenedTwice() {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(this::aPendingRequest)
                .isInstanceOfSatisfying(AlreadyOpenException.class, refused -> assertThat(refused.open())
                        .isEqualTo(request.id()));
        assertThat(count("access_request")).isOne();
    }

    private AccessRequest denied() {
        AccessRequest request = aPendingRequest();
        decisions.deny(as(Cast.BOB), request.id(), "Not today.");
        return request;
    }

    private AccessRequest expired() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(24));
        return request;
    }

    private AccessRequest abandoned() {
        AccessRequest request = aRequestedRequest();
        justification.abandon(as(Cast.ALICE), request.id());
        return request;
    }

    private AccessRequest silent() {
        AccessRequest request = aRequestedRequest();
        after(Duration.ofHours(24));
        return request;
    }

    private AccessRequest cancelled() {
        AccessRequest request = aPendingRequest();
        justification.cancel(as(Cast.ALICE), request.id());
        return request;
    }
}
