package io.drawbridge.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.Cloud;
import io.drawbridge.grant.Lease;
import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.NotConnectedException;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSource;
import io.drawbridge.organization.Synchronizations;
import io.drawbridge.stage.StandingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What stands still outside of the engine and becomes an incident there. */
class GapsTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId GLOBEX = new TenantId("globex");
    private static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    private final StandingClock clock = new StandingClock(START);

    @Test
    @DisplayName("R72 policies that are not written for ten minutes are trouble, with how many accounts wait")
    void policiesThatAreNotWritten() {
        AsWritten cloud = new AsWritten();
        TroubleDesk desk = new TroubleDesk(List.of(new UnwrittenPolicies(cloud)), clock);
        assertThat(desk.standing()).isEmpty();
        cloud.unwritten.add(new Cloud.Unwritten(ACME, 3, START));

        clock.setTo(START.plus(Duration.ofMinutes(10)).minusSeconds(1));
        assertThat(desk.standing()).isEmpty();
        clock.moveBy(Duration.ofSeconds(1));

        assertThat(desk.standing()).singleElement().satisfies(trouble -> {
            assertThat(trouble.key()).isEqualTo(new Trouble.Key(ACME, "policies.unwritten"));
            assertThat(trouble.words())
                    .startsWith(
                            "Accounts whose service control policies are not written: 3 of tenant \"acme\", the oldest"
                                    + " since " + START);
        });
    }

    @Test
    @DisplayName(
            "R72 an organisation that is behind for an hour is trouble, unless its tenant is not connected any more")
    void organizationsThatAreBehind() {
        Behind synchronizations = new Behind();
        List<TenantId> connected = new ArrayList<>(List.of(ACME, GLOBEX));
        TroubleDesk desk =
                new TroubleDesk(List.of(new OrganizationGap(synchronizations, connectedTo(connected))), clock);
        assertThat(desk.standing()).isEmpty();
        synchronizations.since.put(ACME, START);

        clock.setTo(START.plus(Duration.ofHours(1)).minusSeconds(1));
        assertThat(desk.standing()).isEmpty();
        clock.moveBy(Duration.ofSeconds(1));
        assertThat(desk.standing())
                .extracting(Trouble::key)
                .containsExactly(new Trouble.Key(ACME, "organization.behind"));

        connected.remove(ACME);
        assertThat(desk.standing()).isEmpty();
    }

    private static OrganizationSource connectedTo(List<TenantId> tenants) {
        return new OrganizationSource() {
            @Override
            public List<TenantId> tenants() {
                return tenants;
            }

            @Override
            public OrganizationSnapshot read(TenantId tenant) {
                throw new NotConnectedException(tenant);
            }
        };
    }

    private static final class Behind implements Synchronizations {
        private final Map<TenantId, Instant> since = new HashMap<>();

        @Override
        public Last lock(TenantId tenant) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void save(TenantId tenant, Last last) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Instant> behindSince(TenantId tenant) {
            return Optional.ofNullable(since.get(tenant));
        }
    }

    /** Says what it has not written, and nothing else. */
    private static final class AsWritten implements Cloud {
        private final List<Unwritten> unwritten = new ArrayList<>();

        @Override
        public List<Unwritten> unwritten() {
            return List.copyOf(unwritten);
        }

        @Override
        public String name() {
            return "as written";
        }

        @Override
        public void open(Lease lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close(Lease lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Presence presenceOf(Lease lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Inventory inventory(TenantId tenant) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(TenantId tenant, Held held) {
            throw new UnsupportedOperationException();
        }
    }
}
