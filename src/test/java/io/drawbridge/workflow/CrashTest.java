package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.Grant;
import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestId;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Tracks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The machine goes down on every step of a grant: what the transaction did is undone, what the cloud was asked for stays
 * asked.
 *
 * <p>After every single job it has to be true that at most one object is there, and that none is there without an end that
 * the engine still has to do.
 */
@DisplayName("A grant during which the machine goes down")
class CrashTest extends GrantStage {

    /** The lives of a grant; together they take every flow of its diagram. */
    enum Story {
        HELD_TO_ITS_END,
        ENDED_EARLY,
        ENDED_WHILE_PROVISIONING,
        ENDED_BEFORE_IT_WAS_THERE,
        NEVER_PROVIDED
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    @DisplayName("R50 R51 R53 is never access without a scheduled end, never two, and is taken back all the same")
    void survivesACrashOnEveryStep(Story story) {
        tell(story, "nowhere");
        Set<String> flows = tracks.taken();
        assertThat(flows).hasSizeGreaterThan(15);

        for (String flow : flows) {
            setTheStage();
            tracks.fallOn(flow, 1);
            tell(story, flow);
        }
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    @DisplayName("R50 R53 survives it if every step fails twice")
    void survivesIfEveryStepFailsTwice(Story story) {
        tell(story, "nowhere");
        Set<String> flows = tracks.taken();

        setTheStage();
        flows.forEach(flow -> tracks.fallOn(flow, 2));
        tell(story, "every flow twice");
    }

    private void tell(Story story, String flow) {
        AccessRequest request = insistently(() -> aPendingRequest());
        switch (story) {
            case HELD_TO_ITS_END -> holdToItsEnd(request.id());
            case ENDED_EARLY -> endWhileHolding(request.id());
            case ENDED_WHILE_PROVISIONING -> endWhileProvisioning(request.id());
            case ENDED_BEFORE_IT_WAS_THERE -> letTheEndComeFirst(request.id());
            case NEVER_PROVIDED -> failToProvide(request.id());
        }
        tracks.standFirm();
        cloud.confirmAfter(Duration.ZERO);
        pass(60);

        Grant grant = grantOf(request.id());
        assertThat(grant.state())
                .as("state after a crash on %s", flow)
                .isEqualTo(story == Story.NEVER_PROVIDED ? GrantState.PROVISION_FAILED : GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).as("access after a crash on %s", flow).isEmpty();
        assertThat(told("revoked").size() + told("provisioning_failed").size())
                .as("last words after a crash on %s", flow)
                .isOne();
        nothingIsLeft();
    }

    private void holdToItsEnd(RequestId request) {
        cloud.confirmAfter(Duration.ofSeconds(2));
        approve(request, "PT30M");
        pass(120);
        assertThat(grantOf(request).state()).isEqualTo(GrantState.ACTIVE);
        clock.setTo(grantOf(request).endsAt().minus(Duration.ofMinutes(10)));
        pass(60);
        assertThat(told("expiring_soon")).hasSize(1);
        clock.setTo(grantOf(request).endsAt().minusSeconds(1));
        pass(60);
    }

    private void endWhileHolding(RequestId request) {
        approve(request, "PT1H");
        pass(120);
        endEarly(request);
        pass(60);
    }

    private void endWhileProvisioning(RequestId request) {
        cloud.confirmAfter(Duration.ofMinutes(10));
        approve(request, "PT1H");
        pass(20);
        endEarly(request);
        cloud.confirmAfter(Duration.ofSeconds(2));
        pass(60);
    }

    private void letTheEndComeFirst(RequestId request) {
        cloud.confirmAfter(Duration.ofMinutes(10));
        approve(request, "PT30S");
        pass(29);
        cloud.confirmAfter(Duration.ofSeconds(2));
        pass(120);
    }

    private void failToProvide(RequestId request) {
        cloud.failToOpen(true);
        approve(request, "PT1H");
        pass(120);
    }

    private void approve(RequestId request, String duration) {
        var unused = insistently(() -> decisions.approve(as(Cast.BOB), request, "Fine.", duration));
    }

    private void endEarly(RequestId request) {
        var unused = insistently(
                () -> grantDesk.endEarly(as(Cast.ALICE), grantOf(request).id()));
    }

    /** A person who got an error tries again. */
    private <T> T insistently(Supplier<T> deed) {
        for (int attempt = 0; attempt < 50; attempt++) {
            try {
                return deed.get();
            } catch (Tracks.Fall fallen) {
                noAccessWithoutAnEnd();
            } catch (RuntimeException failure) {
                if (!(failure.getCause() instanceof Tracks.Fall)) {
                    throw failure;
                }
                noAccessWithoutAnEnd();
            }
        }
        throw new IllegalStateException("It never worked.");
    }

    /** So many seconds pass; after each job somebody looks at the cloud, and every ten what is stuck is tried again. */
    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            clock.moveBy(Duration.ofSeconds(1));
            List<Job> due = next();
            while (!due.isEmpty()) {
                try {
                    management.executeJob(due.get(0).getId());
                } catch (RuntimeException failed) {
                    assertThat(failed)
                            .satisfiesAnyOf(
                                    fall -> assertThat(fall).hasStackTraceContaining("Fell on"),
                                    refused -> assertThat(refused).hasStackTraceContaining("told to fail"));
                }
                noAccessWithoutAnEnd();
                due = next();
            }
            if (second % 10 == 9) {
                retrier.retryStuck();
                noAccessWithoutAnEnd();
            }
        }
    }

    private List<Job> next() {
        return management
                .createJobQuery()
                .executable()
                .orderByJobPriority()
                .desc()
                .listPage(0, 1);
    }

    private void noAccessWithoutAnEnd() {
        int objects = database.sql(
                        """
                        select count(*) from (
                            select object_key from dry_run_access
                            union select object_key from dry_run_operation where opening = true) held""")
                .query(Integer.class)
                .single();
        assertThat(objects).isLessThanOrEqualTo(1);
        assertThat(database.sql("select count(*) from access_grant")
                        .query(Integer.class)
                        .single())
                .isLessThanOrEqualTo(1);
        if (objects > 0) {
            // Every job that ends access, and only those, has this priority; the conventions of the diagrams see to it.
            assertThat(management
                            .createJobQuery()
                            .processDefinitionKey(ProcessKeys.TIMEBOXED_GRANT)
                            .priorityHigherThanOrEquals(100)
                            .count())
                    .as("jobs that end the access")
                    .isPositive();
        }
    }
}
