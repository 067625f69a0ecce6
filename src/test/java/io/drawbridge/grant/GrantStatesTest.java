package io.drawbridge.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.PermissionName;
import io.drawbridge.organization.ScopeId;
import io.drawbridge.organization.Way;
import io.drawbridge.request.Identity;
import io.drawbridge.request.RequestId;
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
import org.junit.jupiter.params.provider.MethodSource;

/** Every state of a grant against every transition. */
class GrantStatesTest {
    private static final Instant STARTS = Instant.parse("2026-01-15T12:00:00Z");
    private static final Instant SINCE = Instant.parse("2026-01-15T12:30:00Z");
    private static final Instant NOW = Instant.parse("2026-01-15T14:00:00Z");

    private record Move(String name, Set<GrantState> from, @Nullable GrantState to, Consumer<Grant> deed) {
        private static Move of(String name, @Nullable GrantState to, Consumer<Grant> deed, GrantState... from) {
            return new Move(name, EnumSet.copyOf(Arrays.asList(from)), to, deed);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Move> MOVES = List.of(
            Move.of("activate", GrantState.ACTIVE, grant -> grant.activate(NOW), GrantState.PROVISIONING),
            Move.of(
                    "revoke",
                    GrantState.REVOKING,
                    grant -> grant.revoke(NOW),
                    GrantState.PROVISIONING,
                    GrantState.ACTIVE),
            Move.of(
                    "end early",
                    null,
                    grant -> grant.endEarly("bob@acme.example", "Enough."),
                    GrantState.PROVISIONING,
                    GrantState.ACTIVE),
            Move.of(
                    "overdue",
                    GrantState.REVOKE_OVERDUE,
                    grant -> grant.revocationOverdue("Down.", NOW),
                    GrantState.REVOKING,
                    GrantState.REVOKE_OVERDUE),
            Move.of(
                    "removed",
                    GrantState.REVOKED,
                    grant -> grant.removed(NOW, null),
                    GrantState.REVOKING,
                    GrantState.REVOKE_OVERDUE));

    static Stream<Arguments> everyStateAndEveryMove() {
        return Arrays.stream(GrantState.values())
                .flatMap(state -> MOVES.stream().map(move -> Arguments.of(state, move)));
    }

    @ParameterizedTest(name = "R5 {0}: {1}")
    @MethodSource("everyStateAndEveryMove")
    void movesAsTheSpecificationSaysAndNotOtherwise(GrantState state, Move move) {
        Grant grant = a(state, 0);
        Map<String, Object> before = facts(grant);

        if (move.from().contains(state)) {
            move.deed().accept(grant);

            assertThat(grant.state()).isEqualTo(move.to() == null ? state : move.to());
            assertThat(grant.stateSince()).isEqualTo(move.to() == null || move.to() == state ? SINCE : NOW);
        } else {
            assertThatThrownBy(() -> move.deed().accept(grant))
                    .isInstanceOf(GrantStateException.class)
                    .hasMessageContaining("it is " + state + " since " + SINCE);
            assertThat(facts(grant)).isEqualTo(before);
        }
        assertThat(grant.endsAt()).isEqualTo(NOW);
    }

    @Test
    @DisplayName(
            "R5 R51 gone after it could never be provided is PROVISION_FAILED, gone after it was active is REVOKED")
    void tellsWhatNeverWasFromWhatWasTakenBack() {
        Grant never = a(GrantState.REVOKING, 5);
        Grant once = a(GrantState.PROVISIONING, 4);
        once.activate(NOW);
        once.revoke(NOW);

        never.removed(NOW, null);
        once.removed(NOW, null);

        assertThat(never.state()).isEqualTo(GrantState.PROVISION_FAILED);
        assertThat(once.state()).isEqualTo(GrantState.REVOKED);
        assertThat(once.revokedAt()).contains(NOW);
    }

    @Test
    @DisplayName("R5 an end that was asked for is REVOKED, however often opening had failed")
    void anEndThatWasAskedForIsNoFailure() {
        Grant grant = a(GrantState.PROVISIONING, 1);
        grant.endEarly("alice@acme.example", "Never mind.");
        grant.revoke(NOW);

        grant.removed(NOW, null);

        assertThat(grant.state()).isEqualTo(GrantState.REVOKED);
    }

    private static Map<String, Object> facts(Grant grant) {
        return Map.of(
                "state", grant.state(),
                "since", grant.stateSince(),
                "active", grant.activeAt(),
                "revoking", grant.revokingAt(),
                "revoked", grant.revokedAt(),
                "endedBy", grant.endedBy(),
                "reason", grant.endReason(),
                "failure", grant.failure(),
                "attempts", grant.attempts());
    }

    private static Grant a(GrantState state, int attempts) {
        return new Grant(new Grant.Stored(
                GrantId.random(),
                new TenantId("acme"),
                RequestId.random(),
                new PersonId("alice@acme.example"),
                new Identity(Identity.Type.SSO_USER, "arn:aws:identitystore:::user/1", "alice@acme.example"),
                new ScopeId("111122223333"),
                PermissionName.parse("s3:DeleteBucket"),
                STARTS,
                NOW,
                false,
                Way.SCP_EXEMPTION,
                PermissionName.parse("s3:DeleteBucket"),
                state,
                SINCE,
                null,
                null,
                null,
                null,
                null,
                attempts,
                null,
                null,
                null));
    }
}
