package io.drawbridge.grant;

import io.drawbridge.identity.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A cloud in which somebody else has been at work: what is not ours, what cannot be closed, what happens meanwhile. */
final class MeddledCloud implements Cloud {
    private final Cloud real;
    final Map<String, Foreign> foreign = new LinkedHashMap<>();
    final List<String> putRight = new ArrayList<>();
    boolean takesChoices = true;
    boolean down;
    Set<String> stuck = Set.of();
    Runnable meanwhile = () -> {};

    MeddledCloud(Cloud real) {
        this.real = real;
    }

    /** Somebody changes a policy of ours. */
    void change(String subject, String finding, String... choices) {
        foreign.put(subject, new Foreign(subject, finding, List.of(choices)));
    }

    @Override
    public String name() {
        return "meddled";
    }

    @Override
    public void open(Lease lease) {
        real.open(lease);
    }

    @Override
    public void close(Lease lease) {
        if (stuck.contains(lease.objectKey())) {
            throw new CloudException("It does not close.");
        }
        real.close(lease);
    }

    @Override
    public Presence presenceOf(Lease lease) {
        return real.presenceOf(lease);
    }

    @Override
    public Inventory inventory(TenantId tenant) {
        if (down) {
            throw new CloudException("It does not answer.");
        }
        return new Inventory(real.inventory(tenant).ours(), List.copyOf(foreign.values()));
    }

    @Override
    public void remove(TenantId tenant, Held held) {
        if (stuck.contains(held.objectKey())) {
            throw new CloudException("It does not close.");
        }
        real.remove(tenant, held);
        meanwhile.run();
    }

    @Override
    public void putRight(TenantId tenant, String subject, String choice) {
        Foreign there = foreign.get(subject);
        if (there == null || !there.choices().contains(choice)) {
            throw new IllegalArgumentException("\"" + choice + "\" is no choice for \"" + subject + "\".");
        }
        if (!takesChoices) {
            throw new CloudException("It does not take it.");
        }
        putRight.add(tenant + " " + subject + " " + choice);
    }
}
