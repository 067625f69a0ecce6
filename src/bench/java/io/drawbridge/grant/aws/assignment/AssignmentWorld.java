package io.drawbridge.grant.aws.assignment;

import io.drawbridge.grant.Cloud;
import io.drawbridge.organization.aws.AwsProperties;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** One node and a stand-in of Identity Center with the quotas that AWS's own sample measured. */
final class AssignmentWorld implements AutoCloseable {
    private static final String INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    private static final String SET = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef";
    private static final Duration EACH = Duration.ofSeconds(20);

    private final SimulatedIdentityCenter center;
    private final AssignmentsUnderTest node;

    AssignmentWorld() {
        TestClock clock = new TestClock();
        clock.setTo(TestClock.START);
        center = new SimulatedIdentityCenter(clock, EACH);
        node = new AssignmentsUnderTest(
                clock,
                center.endpoint(),
                Map.of("sso:Assignment", new AwsProperties.Rate(0.33, 10), "sso", new AwsProperties.Rate(20, 20)),
                INSTANCE);
        node.addSet(AssignmentsUnderTest.DATABASE, SET, false);
    }

    void knows(String person, String userId) {
        node.userIds.put(person + "@acme.example", userId);
    }

    void assigned(String userId) {
        center.assign(AssignmentsUnderTest.PROD.value(), SET, userId);
    }

    Cloud cloud() {
        return node.cloud;
    }

    void round(Duration step) {
        node.rounds(1, step);
    }

    Instant now() {
        return node.clock.instant();
    }

    /** Assignments that AWS was asked to create or delete. */
    int writes() {
        return center.taken().size();
    }

    @Override
    public void close() {
        node.close();
        center.close();
    }
}
