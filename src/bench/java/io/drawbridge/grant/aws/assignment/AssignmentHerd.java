package io.drawbridge.grant.aws.assignment;

import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.PROD;
import static io.drawbridge.grant.aws.assignment.AssignmentsUnderTest.lease;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Lease;
import io.drawbridge.grant.aws.Herd;
import io.drawbridge.grant.aws.HerdBenchmark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The herd by assignment, against a stand-in of Identity Center that takes 10 at once and needs 20 seconds for each. */
public final class AssignmentHerd {
    private static final Duration STEP = Duration.ofSeconds(6);

    private AssignmentHerd() {}

    public static Herd run() {
        try (AssignmentWorld world = new AssignmentWorld()) {
            List<Lease> ending = new ArrayList<>();
            List<Lease> wanted = new ArrayList<>();
            for (int number = 0; number < HerdBenchmark.ENDING + HerdBenchmark.WANTED; number++) {
                String name = "worker-" + number;
                world.knows(name, "user-" + number);
                Lease lease = lease(PROD, name, AssignmentsUnderTest.DATABASE);
                if (number < HerdBenchmark.ENDING) {
                    world.assigned("user-" + number);
                    ending.add(lease);
                } else {
                    wanted.add(lease);
                }
            }
            Cloud cloud = world.cloud();
            wanted.forEach(cloud::open);
            ending.forEach(cloud::close);
            Instant end = world.now();
            Map<Lease, Instant> gone = new LinkedHashMap<>();
            Map<Lease, Instant> there = new LinkedHashMap<>();
            for (int step = 0; step < 3600 && gone.size() + there.size() < ending.size() + wanted.size(); step++) {
                world.round(STEP);
                note(ending, gone, cloud, Cloud.Presence.ABSENT, world.now());
                note(wanted, there, cloud, Cloud.Presence.PRESENT, world.now());
            }
            return new Herd(since(end, gone), since(end, there), world.writes());
        }
    }

    private static void note(
            List<Lease> leases, Map<Lease, Instant> noted, Cloud cloud, Cloud.Presence presence, Instant now) {
        leases.stream()
                .filter(lease -> !noted.containsKey(lease))
                .filter(lease -> cloud.presenceOf(lease) == presence)
                .forEach(lease -> noted.put(lease, now));
    }

    private static List<Duration> since(Instant end, Map<Lease, Instant> noted) {
        return noted.values().stream().map(at -> Duration.between(end, at)).toList();
    }
}
