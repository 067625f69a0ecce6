package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.policy.AccessDuration;
import io.drawbridge.policy.ApprovalMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every status against every transition: what moves a request, and that nothing else does. */
class AccessRequestStatesTest {
    private static final Instant OPENED = Instant.parse("2026-01-15T12:00:00Z");
    private static final Instant SINCE = Instant.parse("2026-01-15T13:00:00Z");
    private static final Instant NOW = Instant.parse("2026-01-15T14:00:00Z");
    private static final PersonId BOB = new PersonId("bob@acme.example");
    private static final AccessDuration HOUR = AccessDuration.parse("PT1H");

    /** One way to move a request, from which statuses it leads, and where to. */
    private record Move(
            String name, Set<RequestStatus> from, @Nullable RequestStatus to, Consumer<AccessRequest> deed) {
        private static Move of(
                String name, @Nullable RequestStatus to, Consumer<AccessRequest> deed, RequestStatus... from) {
            return new Move(name, EnumSet.copyOf(Arrays.asList(from)), to, deed);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Move> MOVES = List.of(
            Move.of(
                    "attempted again",
                    null,
                    request -> request.attemptedAgain(1, Set.of("x")),
                    RequestStatus.REQUESTED,
                    RequestStatus.PENDING),
            Move.of("justify", null, request -> request.justify("Why", HOUR, null, true), RequestStatus.REQUESTED),
            Move.of("assume", null, request -> request.assume(HOUR), RequestStatus.REQUESTED),
            Move.of(
                    "send to approvers",
                    RequestStatus.PENDING,
                    request -> request.sendToApprovers(NOW),
                    RequestStatus.REQUESTED),
            Move.of(
                    "approve by policy",
                    RequestStatus.APPROVED,
                    request -> request.approveByPolicy(NOW),
                    RequestStatus.REQUESTED),
            Move.of(
                    "deny by policy",
                    RequestStatus.DENIED,
                    request -> request.denyByPolicy("No.", NOW),
                    RequestStatus.REQUESTED,
                    RequestStatus.PENDING),
            Move.of(
                    "approve",
                    RequestStatus.APPROVED,
                    request -> request.approve(BOB, "Yes.", HOUR, NOW),
                    RequestStatus.PENDING),
            Move.of("deny", RequestStatus.DENIED, request -> request.deny(BOB, "No.", NOW), RequestStatus.PENDING),
            Move.of("expire", RequestStatus.EXPIRED, request -> request.expire(NOW), RequestStatus.PENDING),
            Move.of("abandon", RequestStatus.ABANDONED, request -> request.abandon(NOW), RequestStatus.REQUESTED),
            Move.of(
                    "expire justification",
                    RequestStatus.ABANDONED_EXPIRED,
                    request -> request.expireJustification(NOW),
                    RequestStatus.REQUESTED),
            Move.of(
                    "cancel",
                    RequestStatus.CANCELLED,
                    request -> request.cancel(NOW),
                    RequestStatus.REQUESTED,
                    RequestStatus.PENDING));

    static Stream<Arguments> everyStatusAndEveryMove() {
        return Arrays.stream(RequestStatus.values())
                .flatMap(status -> MOVES.stream().map(move -> Arguments.of(status, move)));
    }

    @ParameterizedTest(name = "R5 {0}: {1}")
    @MethodSource("everyStatusAndEveryMove")
    void movesAsTheTableSaysAndNotOtherwise(RequestStatus status, Move move) {
        AccessRequest request = a(status, ApprovalMode.AUTO);
        Map<String, Object> before = facts(request);

        if (move.from().contains(status)) {
            move.deed().accept(request);

            assertThat(request.status()).isEqualTo(move.to() == null ? status : move.to());
            assertThat(request.statusSince()).isEqualTo(move.to() == null ? SINCE : NOW);
        } else {
            assertThatThrownBy(() -> move.deed().accept(request))
                    .isInstanceOf(StatusConflictException.class)
                    .hasMessageContaining("Request " + request.id() + " cannot")
                    .hasMessageEndingWith("it is " + status + " since " + SINCE + ".");
            assertThat(facts(request)).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "R1 {0}")
    @EnumSource(RequestStatus.class)
    @DisplayName("R1 exactly the statuses that nothing leaves are final")
    void exactlyTheStatusesThatNothingLeavesAreFinal(RequestStatus status) {
        assertThat(status.isOpen())
                .isEqualTo(MOVES.stream().anyMatch(move -> move.from().contains(status)));
    }

    @Test
    @DisplayName("R23 the policy approves by itself only in the modes auto and break_glass")
    void policyDoesNotApproveWhatNeedsAnApprover() {
        for (ApprovalMode mode : new @Nullable ApprovalMode[] {null, ApprovalMode.REQUIRE}) {
            AccessRequest request = a(RequestStatus.REQUESTED, mode);

            assertThatThrownBy(() -> request.approveByPolicy(NOW)).isInstanceOf(StatusConflictException.class);

            assertThat(request.status()).isEqualTo(RequestStatus.REQUESTED);
            assertThat(request.decision()).isEmpty();
        }
    }

    @Test
    @DisplayName("R44 asked and given duration are both kept")
    void keepsBothDurations() {
        AccessRequest request = a(RequestStatus.PENDING, ApprovalMode.REQUIRE);

        request.approve(BOB, "Yes.", AccessDuration.parse("PT30M"), NOW);

        assertThat(request.requestedDuration()).contains(AccessDuration.parse("PT2H"));
        assertThat(request.grantedDuration()).contains(AccessDuration.parse("PT30M"));
        assertThat(request.decision()).contains(new Decision(Decision.By.APPROVER, BOB, "Yes.", NOW));
    }

    @Test
    @DisplayName("R23 a review is made once, and only where the glass was broken")
    void reviewIsMadeOnce() {
        AccessRequest request = a(RequestStatus.APPROVED, ApprovalMode.BREAK_GLASS);
        Review review = new Review(BOB, "Right so.", true, NOW);
        assertThatThrownBy(() -> request.reviewed(review)).isInstanceOf(StatusConflictException.class);

        request.reviewDue(NOW);
        request.reviewed(review);

        assertThatThrownBy(() -> request.reviewed(new Review(BOB, "Not so.", false, NOW)))
                .isInstanceOf(StatusConflictException.class);
        assertThat(request.review()).contains(review);
    }

    private static Map<String, Object> facts(AccessRequest request) {
        return Map.ofEntries(
                Map.entry("status", request.status()),
                Map.entry("since", request.statusSince()),
                Map.entry("attempts", request.attempts()),
                Map.entry("confirmed", request.confirmed()),
                Map.entry("mfa", request.mfa()),
                Map.entry("justification", request.justification()),
                Map.entry("requested", request.requestedDuration()),
                Map.entry("granted", request.grantedDuration()),
                Map.entry("decision", request.decision()),
                Map.entry("users", request.identityUsers()));
    }

    private static AccessRequest a(RequestStatus status, @Nullable ApprovalMode mode) {
        return new AccessRequest(new AccessRequest.Stored(
                RequestId.random(),
                new TenantId("acme"),
                new PersonId("alice@acme.example"),
                new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/1", "alice@acme.example"),
                new ScopeId("111122223333"),
                "r-acme/111122223333",
                PermissionName.parse("s3:DeleteBucket"),
                AccessRequest.Origin.EVENT,
                OPENED,
                Liftable.YES,
                null,
                null,
                false,
                status,
                SINCE,
                1,
                false,
                false,
                null,
                "Because.",
                AccessDuration.parse("PT2H"),
                null,
                mode,
                null,
                null,
                List.of("require-protected"),
                null,
                null,
                null,
                Set.of("somebody")));
    }
}
