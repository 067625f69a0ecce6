package io.drawbridge.organization.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.identity.TenantId;
import io.drawbridge.organization.OrganizationSnapshot;
import io.drawbridge.organization.OrganizationSource;
import io.drawbridge.organization.OrganizationUnreadableException;
import io.drawbridge.organization.SyncReport;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the organizations are synchronized without anybody asking. */
@DisplayName("The rounds of the synchronization")
class SyncRoundsTest {
    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId GLOBEX = new TenantId("globex");
    private static final Duration EVERY = Duration.ofMinutes(15);

    private final TestClock clock = new TestClock();
    private final List<String> done = new ArrayList<>();
    private AwsUnderTest aws;

    @BeforeEach
    void anEmptyDatabase() {
        clock.setTo(TestClock.START);
        aws = new AwsUnderTest(clock);
    }

    @Test
    @DisplayName("R50 are made by one node in each period, and by another when that one is gone")
    void areMadeByOneNode() {
        SyncRounds one = rounds("one", List.of(ACME), tenant -> report());
        SyncRounds other = rounds("other", List.of(ACME), tenant -> report());

        one.round();
        other.round();
        clock.moveBy(EVERY.minusSeconds(1));
        other.round();
        one.round();
        clock.moveBy(EVERY);
        other.round();

        assertThat(done).containsExactly("one acme", "one acme", "other acme");
    }

    @Test
    @DisplayName("R50 go on with the next tenant when one cannot be read")
    void goOnAfterAFailure() {
        SyncRounds rounds = rounds("one", List.of(ACME, GLOBEX), tenant -> {
            if (tenant.equals(ACME)) {
                throw new OrganizationUnreadableException("AWS is down.");
            }
            return report();
        });

        rounds.round();

        assertThat(done).containsExactly("one acme", "one globex");
    }

    @Test
    @DisplayName("R50 begin only where somebody is connected, and stop")
    void beginOnlyWhereSomebodyIsConnected() {
        SyncRounds nobody = rounds("one", List.of(), tenant -> report());
        SyncRounds acme = rounds("one", List.of(ACME), tenant -> report());

        nobody.start();
        acme.start();

        assertThat(nobody.isRunning()).isFalse();
        assertThat(acme.isRunning()).isTrue();
        acme.stop();
        assertThat(acme.isRunning()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"PT59S, PT10M", "PT24H1S, PT10M", "PT15M, PT0.9S", "PT15M, PT61M"})
    @DisplayName("R58 cannot be set to nonsense")
    void cannotBeSetToNonsense(Duration every, Duration patience) {
        org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                .isThrownBy(() -> new SyncProperties(every, patience))
                .withMessageContaining("drawbridge.aws.sync.");
    }

    private SyncRounds rounds(String node, List<TenantId> tenants, Function<TenantId, SyncReport> sync) {
        OrganizationSource source = new OrganizationSource() {
            @Override
            public List<TenantId> tenants() {
                return tenants;
            }

            @Override
            public OrganizationSnapshot read(TenantId tenant) {
                throw new OrganizationUnreadableException("The rounds do not read by themselves.");
            }
        };
        return new SyncRounds(
                source,
                tenant -> {
                    done.add(node + " " + tenant);
                    return sync.apply(tenant);
                },
                aws.fences(),
                new SyncProperties(EVERY, Duration.ofMinutes(10)));
    }

    private static SyncReport report() {
        return new SyncReport(true, List.of(), List.of(), List.of());
    }
}
