package io.drawbridge.grant.aws.assignment;

import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.DATABASE;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.PROD;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.assignment.Assignment.Deed;
import io.drawbridge.organization.aws.AwsProperties;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The worker on an Identity Center of our own, which takes its time as AWS does and moto does not. */
@DisplayName("The worker for assignments")
@SuppressWarnings("NullAway.Init")
class AssignmentWorkerTest {
    private static final String SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-database";
    private static final String INSTANCE = "arn:aws:sso:::instance/ssoins-1";

    private SimulatedIdentityCenter aws;
    private AssignmentsUnderTest under;

    @AfterEach
    void close() {
        under.close();
        aws.close();
    }

    private void aCenter(Duration takes, Map<String, AwsProperties.Rate> quotas) {
        TestClock clock = new TestClock();
        clock.setTo(TestClock.START);
        aws = new SimulatedIdentityCenter(clock, takes);
        under = new AssignmentsUnderTest(clock, aws.endpoint(), quotas, INSTANCE);
        under.addSet(DATABASE, SET, false);
    }

    @ParameterizedTest(name = "{0} was sent, AWS {1}, wanted now: {2}")
    @MethodSource("falls")
    @DisplayName("R50 a node that fell between sending a request and noting it leaves what is wanted, and nothing else")
    void survivesAFall(Deed sent, String state, boolean wanted) {
        aCenter(Duration.ofSeconds(15), AssignmentsUnderTest.plenty());
        under.userIds.put("alice@acme.example", "user-alice");
        Lease lease = lease(PROD, "alice", DATABASE);
        if (sent == Deed.DELETE) {
            aws.assign(PROD.value(), SET, "user-alice");
        }
        ask(lease, sent == Deed.CREATE);
        // The node has looked, has committed its intent, and falls.
        under.book.change(lease.objectKey(), row -> {
            row.see(
                    sent == Deed.DELETE,
                    new Assignment.Sessions(Duration.ofHours(1), false),
                    under.clock.instant(),
                    under.clock.instant());
            row.begin(sent, under.clock.instant());
        });
        if (!state.equals("never got it")) {
            aws.ask(
                    sent == Deed.CREATE ? "CreateAccountAssignment" : "DeleteAccountAssignment",
                    PROD.value(),
                    SET,
                    "user-alice");
        }
        under.clock.moveBy(state.equals("has done it") ? Duration.ofSeconds(20) : Duration.ofSeconds(1));

        ask(lease, wanted);
        List<Cloud.Presence> said = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            under.rounds(1, Duration.ofSeconds(1));
            said.add(said(lease));
        }

        assertThat(aws.assigned()).hasSize(wanted ? 1 : 0);
        assertThat(said(lease)).isEqualTo(wanted ? Cloud.Presence.PRESENT : Cloud.Presence.ABSENT);
        assertThat(said)
                .as("what it said was never taken back")
                .doesNotContainSequence(
                        wanted ? Cloud.Presence.PRESENT : Cloud.Presence.ABSENT, Cloud.Presence.CHANGING);
        assertThat(aws.mostOutstanding()).isLessThanOrEqualTo(1);
        if (sent == Deed.CREATE && wanted && state.equals("has done it")) {
            assertThat(aws.taken()).as("what is there is not asked for again").hasSize(1);
        }
    }

    private int unsettled() {
        return under.aws
                .database()
                .sql("select count(*) from account_assignment where settled = false")
                .query(Integer.class)
                .single();
    }

    private void ask(Lease lease, boolean wanted) {
        if (wanted) {
            under.cloud.open(lease);
        } else {
            under.cloud.close(lease);
        }
    }

    /** A removal that has failed once and is tried again is under way as well. */
    private Cloud.Presence said(Lease lease) {
        try {
            return under.cloud.presenceOf(lease);
        } catch (io.drawbridge.grant.CloudException.Refused refused) {
            return Cloud.Presence.CHANGING;
        }
    }

    @Test
    @DisplayName(
            "R54 asked to open while AWS is at the removal ends up open, and asked to close while AWS is at it closed")
    void turnsRoundWhileAwsIsAtIt() {
        aCenter(Duration.ofSeconds(15), AssignmentsUnderTest.plenty());
        under.userIds.put("alice@acme.example", "user-alice");
        Lease lease = lease(PROD, "alice", DATABASE);

        under.cloud.open(lease);
        under.rounds(2, Duration.ofSeconds(1));
        under.cloud.close(lease);
        under.rounds(60, Duration.ofSeconds(1));
        assertThat(aws.assigned()).isEmpty();
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.ABSENT);
        under.cloud.open(lease);
        under.rounds(60, Duration.ofSeconds(1));
        under.cloud.close(lease);
        under.rounds(2, Duration.ofSeconds(1));
        under.cloud.open(lease);
        under.rounds(60, Duration.ofSeconds(1));

        assertThat(aws.assigned()).hasSize(1);
        assertThat(under.cloud.presenceOf(lease)).isEqualTo(Cloud.Presence.PRESENT);
    }

    @Test
    @DisplayName(
            "R58 600 removals and 200 creations at once: removals first, within the rate and the outstanding, confirmed in few lists")
    void removesBeforeItCreatesWithinTheQuota() {
        aCenter(Duration.ofSeconds(20), Map.of("sso:Assignment", new AwsProperties.Rate(0.33, 10)));
        List<Lease> ending = new ArrayList<>();
        for (int number = 0; number < 800; number++) {
            under.userIds.put("worker-" + number + "@acme.example", "user-" + number);
        }
        for (int number = 0; number < 200; number++) {
            under.cloud.open(lease(PROD, "worker-" + (600 + number), DATABASE));
        }
        for (int number = 0; number < 600; number++) {
            aws.assign(PROD.value(), SET, "user-" + number);
            Lease lease = lease(PROD, "worker-" + number, DATABASE);
            under.cloud.close(lease);
            ending.add(lease);
        }
        assertThat(under.cloud.ending(ending.get(0)).lateness()).isEqualTo(Duration.ofSeconds(1818));

        Instant begin = under.clock.instant();
        for (int round = 0; round < 900 && unsettled() > 0; round++) {
            under.rounds(1, Duration.ofSeconds(6));
        }

        assertThat(unsettled()).isZero();
        assertThat(aws.assigned())
                .hasSize(200)
                .allMatch(each -> Integer.parseInt(each.substring(each.lastIndexOf('-') + 1)) >= 600);
        List<SimulatedIdentityCenter.Taken> taken = aws.taken();
        assertThat(taken).hasSize(800);
        assertThat(taken.subList(0, 600)).allMatch(each -> each.operation().startsWith("Delete"));
        assertThat(aws.mostOutstanding()).isLessThanOrEqualTo(SimulatedIdentityCenter.MOST_OUTSTANDING);
        assertThat(aws.turnedAway()).isZero();
        for (int number = 0; number < taken.size(); number++) {
            double seconds = Duration.between(begin, taken.get(number).at()).toMillis() / 1000.0;
            assertThat(number + 1.0).isLessThanOrEqualTo(10 + 0.33 * seconds + 0.001);
        }
        assertThat(aws.calls("ListAccountAssignments")).isLessThan(900);
        assertThat(under.cloud.ending(ending.get(0)).lateness()).isZero();
    }

    /** What a node had sent when it fell, how far AWS is with it, and what is wanted now. */
    static Stream<Arguments> falls() {
        List<Arguments> falls = new ArrayList<>();
        for (Deed sent : Deed.values()) {
            for (String aws : List.of("has done it", "is at it", "never got it")) {
                for (boolean wanted : List.of(true, false)) {
                    falls.add(Arguments.of(sent, aws, wanted));
                }
            }
        }
        return falls.stream();
    }
}
