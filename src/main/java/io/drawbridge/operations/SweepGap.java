package io.drawbridge.operations;

import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.People;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tenants whose cloud was compared once and then not for half an hour, six times what is usual. */
@Component
class SweepGap implements Backlog {
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Sweeps sweeps;
    private final People people;
    private final Clock clock;

    SweepGap(Sweeps sweeps, People people, Clock clock) {
        this.sweeps = sweeps;
        this.people = people;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "reconciliation";
    }

    @Override
    public String title() {
        return "Tenants that were not compared with their cloud for half an hour";
    }

    @Override
    public String advice() {
        return "Access that nobody gave would not be found. The log says at \"Reconciliation of\" what the cloud answered;"
                + " mend that, and an administrator of the tenant can have it compared at once under Drift.";
    }

    @Override
    public Duration patience() {
        return Duration.ZERO;
    }

    @Override
    public List<Waiting> waiting() {
        Instant before = clock.instant().minus(LONGEST);
        return people.tenants().stream()
                .flatMap(tenant -> sweeps
                        .lastDone(tenant)
                        .filter(done -> done.isBefore(before))
                        .map(done -> new Waiting(tenant, 1, done))
                        .stream())
                .toList();
    }
}
