package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.stage.AwsHouse;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.FaultyProxy;
import io.drawbridge.stage.Moto;
import io.drawbridge.stage.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;

/**
 * AWS answers with errors for an hour, while access has to be taken back: the whole application on moto, by the clock of
 * the tests. The two writers go on by themselves all the while, as they do in production.
 */
@DisplayName("An hour without AWS")
@SpringBootTest(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:awsoutage;LOCK_TIMEOUT=10000;DB_CLOSE_DELAY=-1",
            "camunda.bpm.job-execution.enabled=false",
            "drawbridge.notification.poll=1m",
            "drawbridge.workflow.retry-stuck-every=PT1H",
            "drawbridge.reconciliation.initial-delay=PT1H",
            "drawbridge.aws.scp.poll=PT0.1S",
            "drawbridge.aws.assignments.poll=100ms"
        })
@Import(AwsOutageTest.Furniture.class)
@SuppressWarnings("NullAway.Init")
class AwsOutageTest extends GrantStage {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final List<String> ACTIONS = List.of("s3:DeleteBucket", "kms:ScheduleKeyDeletion");

    private static FaultyProxy proxy;
    private static AwsHouse house;

    @Autowired
    private MockMvc web;

    @DynamicPropertySource
    static void house(DynamicPropertyRegistry registry) {
        Moto moto = Moto.another();
        proxy = new FaultyProxy(moto.endpoint());
        house = new AwsHouse(moto.endpoint());
        house.register(registry, proxy.endpoint());
    }

    /** Puts moto's accounts into the demo's organisation before anything of the application looks at it. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Furniture {
        @Bean
        FlywayMigrationStrategy furnished(DataSource dataSource) {
            return house.furnishing(dataSource);
        }
    }

    /** Nothing is cleared under the hands of the writers: the one story finds the database as it was furnished. */
    @Override
    @BeforeEach
    protected void setTheStage() {
        clock.setTo(TestClock.START);
        passing("the documents are written", () -> house.isClosed(house.prod(), ACTIONS));
    }

    @Test
    @DisplayName("R53 R59 leaves what needs a write overdue and shown so, closes what ends by itself, and mends itself")
    void anHourWithoutAws() throws Exception {
        AccessRequest early = anActiveGrant("kms:ScheduleKeyDeletion", null, "PT4H");
        AccessRequest natural = anActiveGrant("s3:DeleteBucket", null, "PT15M");
        AccessRequest assigned = anActiveGrant(null, AwsHouse.PERMISSION_SET, "PT15M");
        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "kms:ScheduleKeyDeletion", clock.instant()))
                .isTrue();
        assertThat(house.assigned(house.prod())).hasSize(1);

        proxy.fault(call ->
                Optional.of(FaultyProxy.Answer.error(503, "ServiceUnavailableException", "Service is unavailable")));
        proxy.forget();
        grantDesk.endEarly(as(Cast.BOB), grantOf(early.id()).id());
        for (Duration gone = Duration.ZERO; gone.compareTo(Duration.ofHours(1)) < 0; gone = gone.plus(STEP)) {
            after(STEP);
            if (gone.toSeconds() % 60 == 0) {
                retrier.retryStuck();
            }
        }

        assertThat(grantOf(natural.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(grantOf(natural.id()).revokedAt().orElseThrow())
                .isBeforeOrEqualTo(grantOf(natural.id()).endsAt().plus(STEP));
        for (AccessRequest stuck : List.of(early, assigned)) {
            assertThat(grantOf(stuck.id()).state()).isEqualTo(GrantState.REVOKE_OVERDUE);
            assertThat(grantOf(stuck.id()).failure()).isPresent();
            assertThat(runtime.createIncidentQuery()
                            .processInstanceId(grantInstance(stuck.id()).getId())
                            .list())
                    .as("incidents of %s", stuck.id())
                    .isNotEmpty();
            assertThat(recorded(stuck)).contains("grant.revoke_overdue").doesNotContain("grant.revoked");
            page(stuck, "Access may still be on.", true);
        }
        assertThat(told("revocation_overdue"))
                .contains(Cast.ALICE.value(), Cast.BOB.value(), Cast.ERIN.value(), Cast.OSCAR.value())
                .hasSize(12);
        assertThat(told("revoked")).hasSize(1);
        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "kms:ScheduleKeyDeletion", clock.instant()))
                .isTrue();
        assertThat(house.assigned(house.prod())).hasSize(1);
        assertThat(proxy.calls()).as("calls that failed meanwhile").hasSizeGreaterThan(10);

        proxy.fault(call -> Optional.empty());
        passing(
                "both are revoked, and their processes have come to it",
                () -> grantOf(early.id()).state() == GrantState.REVOKED
                        && grantOf(assigned.id()).state() == GrantState.REVOKED
                        && runtime.createProcessInstanceQuery().count() == 0);

        assertThat(house.allows(house.prod(), AwsHouse.ALICE, "kms:ScheduleKeyDeletion", clock.instant()))
                .isFalse();
        assertThat(house.assigned(house.prod())).isEmpty();
        assertThat(runtime.createIncidentQuery().count()).isZero();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        assertThat(told("revoked")).hasSize(3);
        page(early, "Access may still be on.", false);
    }

    private AccessRequest anActiveGrant(@Nullable String permission, @Nullable String permissionSet, String duration) {
        AccessRequest request = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(
                        house.prod(),
                        permission,
                        permissionSet,
                        duration,
                        "The archive has to go.",
                        false,
                        null,
                        null));
        decisions.approve(as(Cast.BOB), request.id(), "Fine.", null);
        passing("it is active", () -> grantOf(request.id()).state() == GrantState.ACTIVE);
        return requests.find(request.id()).orElseThrow();
    }

    private void page(AccessRequest request, String words, boolean there) throws Exception {
        web.perform(get("/requests/{id}", request.id().value())
                        .with(user(Cast.ALICE.value()).roles("REQUESTER")))
                .andExpect(status().isOk())
                .andExpect(content().string(there ? containsString(words) : not(containsString(words))));
    }

    /** Lets seconds pass, with what is due in them, until it is true: the writers are threads of their own. */
    private void passing(String what, BooleanSupplier is) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            after(Duration.ofSeconds(1));
            retrier.retryStuck();
            if (is.getAsBoolean()) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        fail("It never came to this: " + what + ".");
    }
}
