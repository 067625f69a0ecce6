package io.drawbridge.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.policy.AccessPolicies;
import io.drawbridge.policy.InvalidPolicyException;
import io.drawbridge.policy.PolicyProposal;
import io.drawbridge.request.ReplayDesk.Difference;
import io.drawbridge.request.ReplayDesk.Direction;
import io.drawbridge.request.ReplayDesk.Replay;
import io.drawbridge.request.ReplayDesk.Selection;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A proposed policy set, asked what the running one was asked before. */
class ReplayTest extends RequestStage {
    private static final Selection ALL = new Selection(null, null, null, 1000);
    private static final String PERMIT_ALL_OF_KMS =
            """

            @id("kms-for-all") @approval_mode("auto") @priority("150")
            permit (principal, action == Drawbridge::Action::"request_access", resource)
            when { context.permission in Drawbridge::Service::"kms" };
            """;

    @Autowired
    @SuppressWarnings("NullAway.Init")
    private ReplayDesk replays;

    /** Decisions of every kind: automatic, with approval, by broken glass, denied by a guard-rail and for want of a match. */
    @BeforeEach
    void decideAllKinds() {
        ask(Cast.ALICE, Cast.DEV, "s3:DeleteBucket", "PT4H");
        AccessRequest pending = aPendingRequest();
        decisions.approve(as(Cast.BOB), pending.id(), "Fine.", "PT1H");
        opening.ask(as(Cast.ALICE), anEmergency(Cast.PROD, "ec2:TerminateInstances", "PT1H"));
        ask(Cast.MALLORY, Cast.PROD, "kms:ScheduleKeyDeletion", "PT8H");
        ask(Cast.ALICE, Cast.PROD, "cloudtrail:StopLogging", "PT1H");
        aDenial(person(Cast.MALLORY), Cast.MALLORY, Cast.PROD, Set.of());
    }

    private String runningText() {
        return policies.running(Cast.ACME).policies().stream()
                .map(AccessPolicies.PolicyView::text)
                .collect(Collectors.joining("\n"));
    }

    private Replay replay(String policies) {
        return replays.replay(as(Cast.ERIN), new PolicyProposal(policies, null), ALL);
    }

    @Test
    @DisplayName("R26 the same set replayed over decisions of every kind changes none of them")
    void theSameSetChangesNothing() {
        Replay replay = replay(runningText());

        assertThat(replay.replayed()).isEqualTo((int) count("policy_decision")).isGreaterThanOrEqualTo(7);
        assertThat(replay.notReplayable()).isZero();
        assertThat(replay.differences()).isEmpty();
        assertThat(replay.next()).isNull();
    }

    @Test
    @DisplayName("R26 a set that widens and narrows is told as such, a denial that would be automatic first")
    void tellsWhatWouldChange() {
        String proposed = runningText()
                        .replaceAll("(?s)@id\\(\"never-stop-logging\"\\).*?;", "")
                        .replaceAll("(?s)@id\\(\"auto-dev\"\\).*?;", "")
                        .replace("@max_duration(\"PT8H\")", "@max_duration(\"P7D\")")
                + PERMIT_ALL_OF_KMS
                + """

                @id("trails-are-free") @approval_mode("auto") @priority("150")
                permit (principal, action == Drawbridge::Action::"request_access", resource)
                when { context.permission in Drawbridge::Service::"cloudtrail" };
                """;

        List<Difference> differences = replay(proposed).differences();

        Difference first = differences.get(0);
        assertThat(first.permission()).isEqualTo("cloudtrail:StopLogging");
        assertThat(first.direction()).isEqualTo(Direction.WIDENS);
        assertThat(first.before().word()).isEqualTo("deny");
        assertThat(first.before().policies()).containsExactly("never-stop-logging");
        assertThat(first.after().word()).isEqualTo("auto");
        assertThat(first.after().policies()).containsExactly("trails-are-free");
        assertThat(first.requester()).isEqualTo(Cast.ALICE);
        assertThat(differences).anySatisfy(each -> {
            assertThat(each.permission()).isEqualTo("kms:ScheduleKeyDeletion");
            assertThat(each.before().word()).isEqualTo("require");
            assertThat(each.after().word()).isEqualTo("auto");
        });
        assertThat(differences).anySatisfy(each -> {
            assertThat(each.permission()).isEqualTo("s3:DeleteBucket");
            assertThat(each.direction()).isEqualTo(Direction.WIDENS);
            assertThat(String.valueOf(each.before().maxDuration())).isEqualTo("PT8H");
            assertThat(String.valueOf(each.after().maxDuration())).isEqualTo("P7D");
        });
        Difference last = differences.get(differences.size() - 1);
        assertThat(last.direction()).isEqualTo(Direction.NARROWS);
        assertThat(last.before().word()).isEqualTo("auto");
        assertThat(last.after().word()).isEqualTo("require");
        assertThat(differences.stream().map(Difference::direction).toList()).isSorted();
    }

    @Test
    @DisplayName("R26 a replay is bounded: it says where to go on, and going on comes to the end")
    void goesOnWithOlderDecisions() {
        int replayed = 0;
        Long before = null;
        do {
            Replay part = replays.replay(
                    as(Cast.ERIN), new PolicyProposal(runningText(), null), new Selection(null, null, before, 3));
            replayed += part.replayed();
            before = part.next();
        } while (before != null);

        assertThat(replayed).isEqualTo((int) count("policy_decision"));
    }

    @Test
    @DisplayName("R27 a proposed set with an error is refused with the place, however deep its brackets go")
    void refusesWhatIsNotValid() {
        assertThatThrownBy(() -> replay("@id(\"x\")\npermit (principal, action, resource)\nwhen { context.nothing };"))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("policies:3")
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> replay("@id(\"x\") permit (principal, action, resource) when { " + "(".repeat(200)
                        + "true" + ")".repeat(200) + " };"))
                .isInstanceOf(InvalidPolicyException.class);
    }

    @Test
    @DisplayName("R70 a process owner replays without being told whose requests he may not read; an engineer does not")
    void isForAdministratorsAndProcessOwners() {
        Replay seen = replays.replay(as(Cast.PETRA), new PolicyProposal(runningText() + PERMIT_ALL_OF_KMS, null), ALL);

        assertThat(seen.differences()).isNotEmpty().allSatisfy(each -> assertThat(each.requester())
                .isNull());
        assertThatThrownBy(() -> replays.replay(as(Cast.ALICE), PolicyProposal.RUNNING, ALL))
                .isInstanceOf(ForbiddenException.class);
    }
}
