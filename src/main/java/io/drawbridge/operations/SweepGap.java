package io.drawbridge.operations;

import io.drawbridge.grant.Sweeps;
import io.drawbridge.identity.People;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tenants whose cloud was not compared for too long. */
@Component
class SweepGap implements Backlog {
    private final Sweeps sweeps;
    private final People people;

    SweepGap(Sweeps sweeps, People people) {
        this.sweeps = sweeps;
        this.people = people;
    }

    @Override
    public String name() {
        return "reconciliation";
    }

    @Override
    public String title() {
        return "Comparisons with the cloud that are due";
    }

    @Override
    public String advice() {
        return "Access that nobody gave would not be found. The log says at \"Reconciliation of\" what the cloud answered;"
                + " mend that, and an administrator of the tenant can have it compared at once under Drift.";
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(30);
    }

    @Override
    public List<Waiting> waiting() {
        return people.tenants().stream()
                .flatMap(tenant -> sweeps.lastDone(tenant).map(done -> new Waiting(tenant, 1, done)).stream())
                .toList();
    }
}
