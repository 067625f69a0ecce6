package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.stage.Stage;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What is stuck outside of the engine stands in it all the same. */
@SuppressWarnings("NullAway.Init")
class TroubleRoundsTest extends Stage {
    @Autowired
    private TroubleRounds rounds;

    @Test
    @DisplayName(
            "R3 R72 notices that wait for ten minutes are one incident that says what to do, of their tenant, in keys only")
    void isAnIncidentUntilItIsGone() {
        aNoticeThatWaits();

        at(Duration.ofMinutes(10).minusSeconds(1));
        assertThat(incidents()).isEmpty();
        at(Duration.ofMinutes(10));
        assertThat(incidents()).singleElement().satisfies(incident -> {
            assertThat(incident.getTenantId()).isEqualTo("acme");
            assertThat(incident.getActivityId()).isEqualTo("Task_ConfirmRemedy");
            assertThat(incident.getIncidentMessage())
                    .startsWith("Notices that have not been sent: 1 of tenant \"acme\", the oldest since ")
                    .contains("See that the mail server is up")
                    .doesNotContain("@", "Nina");
        });
        at(Duration.ofMinutes(20));
        assertThat(incidents()).hasSize(1);

        database.sql("update notice set sent_at = created_at").update();
        at(Duration.ofMinutes(21));
        assertThat(incidents()).isEmpty();
        assertThat(runtime.createProcessInstanceQuery()
                        .processDefinitionKey(ProcessKeys.STANDING_TROUBLE)
                        .count())
                .isZero();
    }

    @Test
    @DisplayName("a click on Retry looks at once: it fails while the trouble stands, and ends it when it is gone")
    void isRetriedByClick() {
        aNoticeThatWaits();
        at(Duration.ofMinutes(10));
        assertThat(incidents()).hasSize(1);

        retry();
        assertThat(incidents()).hasSize(1);
        database.sql("update notice set sent_at = created_at").update();
        retry();

        assertThat(incidents()).isEmpty();
    }

    @Test
    @DisplayName("R18 a record that could not be read is an incident at once, for a week")
    void aDeadLetterIsAnIncident() {
        database.sql("insert into dead_letter (tenant_id, received_at, event_id, reason, body) values (?, ?, ?, ?, ?)")
                .params("globex", clock.instant().atOffset(ZoneOffset.UTC), "e-1", "no account", "{\"Nina\":1}")
                .update();

        at(Duration.ofSeconds(1));
        assertThat(incidents()).singleElement().satisfies(incident -> {
            assertThat(incident.getTenantId()).isEqualTo("globex");
            assertThat(incident.getIncidentMessage())
                    .contains("could not be read")
                    .doesNotContain("Nina");
        });
        at(Duration.ofDays(8));
        assertThat(incidents()).isEmpty();
    }

    @Test
    @DisplayName("R72 two nodes that see it at the same moment raise one incident for it, and not one each")
    void isRaisedOnce() throws Exception {
        aNoticeThatWaits();
        clock.setTo(io.drawbridge.stage.TestClock.START.plus(Duration.ofMinutes(10)));
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 30; round++) {
                CyclicBarrier start = new CyclicBarrier(2);
                Callable<Void> look = () -> {
                    start.await(10, TimeUnit.SECONDS);
                    rounds.look();
                    return null;
                };
                for (Future<Void> looked : nodes.invokeAll(List.of(look, look))) {
                    looked.get();
                }

                List<ProcessInstance> standing = runtime.createProcessInstanceQuery()
                        .processDefinitionKey(ProcessKeys.STANDING_TROUBLE)
                        .list();
                assertThat(standing).extracting(ProcessInstance::getBusinessKey).containsExactly("acme:outbox");
                runtime.deleteProcessInstance(standing.get(0).getId(), "Once more.");
            }
        } finally {
            nodes.shutdownNow();
        }
    }

    private void aNoticeThatWaits() {
        database.sql(
                        """
                        insert into notice (id, tenant_id, kind, recipient_id, address, subject, body_text, body_html, created_at,
                                attempts, next_attempt_at, failure)
                        values ('n-1', 'acme', 'decide', 'bob@acme.example', 'bob@acme.example', 'Nina asks', 'Nina', 'Nina', :now, 3,
                                :now, '550 bob@acme.example')""")
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** So long after the beginning; the rounds are made, and what they began is tried as often as it is. */
    private void at(Duration later) {
        clock.setTo(io.drawbridge.stage.TestClock.START.plus(later));
        rounds.look();
        for (int attempt = 0; attempt < 3; attempt++) {
            tryAll();
            clock.setTo(clock.instant().plusSeconds(2));
        }
        clock.setTo(io.drawbridge.stage.TestClock.START.plus(later));
    }

    private void retry() {
        for (Job job : jobs()) {
            management.setJobRetries(job.getId(), 1);
        }
        tryAll();
    }

    private void tryAll() {
        for (Job job : jobs()) {
            if (job.getRetries() > 0) {
                try {
                    management.executeJob(job.getId());
                } catch (RuntimeException stands) {
                    assertThat(stands.getMessage()).isNotBlank();
                }
            }
        }
    }

    private List<Job> jobs() {
        return management
                .createJobQuery()
                .processDefinitionKey(ProcessKeys.STANDING_TROUBLE)
                .list();
    }

    private List<Incident> incidents() {
        return runtime.createIncidentQuery().list();
    }
}
