package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.DrawnProcess;
import io.drawbridge.request.DrawnProcess.Flow;
import io.drawbridge.request.DrawnProcess.Node;
import io.drawbridge.request.DrawnProcess.Step;
import io.drawbridge.request.DrawnProcess.Trace;
import io.drawbridge.request.RequestId;
import io.drawbridge.request.RequestJourney;
import io.drawbridge.stage.Cast;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@DisplayName("The way of a request through its diagrams")
@SuppressWarnings("NullAway.Init")
class RequestJourneyTest extends GrantStage {
    @Autowired
    private RequestJourney journey;

    @Test
    @DisplayName("shows one token at the approval while it is pending, and every timer that waits there untouched")
    void showsTheTokenAtTheApproval() {
        AccessRequest request = aPendingRequest();

        List<DrawnProcess> drawn = journey.of(request.id());

        assertThat(drawn).hasSize(1);
        assertThat(here(drawn.get(0))).containsExactlyInAnyOrder("SubProcess_DecideRequest", ProcessKeys.APPROVE);
        assertThat(traceOf(drawn.get(0), ProcessKeys.APPROVAL_OVERDUE)).isEqualTo(Trace.UNTOUCHED);
        assertThat(drawn.get(0).nodes()).hasSizeGreaterThan(40).allSatisfy(node -> {
            assertThat(node.box().width()).isPositive();
            assertThat(node.box().x())
                    .isBetween(
                            drawn.get(0).extent().x(),
                            drawn.get(0).extent().x() + drawn.get(0).extent().width());
        });
        assertThat(drawn.get(0).flows())
                .allSatisfy(flow -> assertThat(flow.points()).hasSizeGreaterThan(1));
        takesTheLinesThatTheEngineTook(request.id());
    }

    @Test
    @DisplayName("goes on in the diagram of the grant, and ends in both")
    void goesOnInTheGrant() {
        AccessRequest request = anApprovedRequest("PT1H");
        runDueJobs();
        List<DrawnProcess> open = journey.of(request.id());
        assertThat(open).hasSize(2);
        assertThat(here(open.get(0))).contains("CallActivity_GrantAccess");
        assertThat(here(open.get(1))).isNotEmpty();

        after(Duration.ofHours(1));

        List<DrawnProcess> ended = journey.of(request.id());
        assertThat(ended).hasSize(2).allSatisfy(each -> assertThat(here(each)).isEmpty());
        assertThat(ended.get(0).steps())
                .extracting(Step::name)
                .startsWith("Request opened")
                .containsSubsequence("Approve the request", "Grant the access", "Access taken back");
        takesTheLinesThatTheEngineTook(request.id());
    }

    @Test
    @DisplayName("R41 R47 shows each escalation, and the end by a timer that cut the approval short")
    void showsTimers() {
        AccessRequest request = aPendingRequest();
        after(Duration.ofHours(1));
        DrawnProcess escalated = journey.of(request.id()).get(0);
        assertThat(traceOf(escalated, ProcessKeys.APPROVAL_OVERDUE)).isEqualTo(Trace.PASSED);
        assertThat(here(escalated)).contains(ProcessKeys.APPROVE);

        after(Duration.ofHours(23));

        DrawnProcess expired = journey.of(request.id()).get(0);
        assertThat(traceOf(expired, ProcessKeys.APPROVAL_EXPIRED)).isEqualTo(Trace.PASSED);
        assertThat(expired.steps())
                .filteredOn(step -> step.name().equals("Approve the request"))
                .singleElement()
                .satisfies(step -> assertThat(step.broken()).isTrue());
        takesTheLinesThatTheEngineTook(request.id());
    }

    @Test
    @DisplayName("takes the lines that the engine took: justified and denied, judged at once, withdrawn")
    void takesTheSameLines() {
        AccessRequest denied = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucket");
        justification.justify(as(Cast.ALICE), denied.id(), "The archive has to go.", "PT1H");
        decisions.deny(as(Cast.BOB), denied.id(), "Not today.");
        runDueJobs();
        AccessRequest automatic = anAutomaticRequest("PT1H");
        runDueJobs();
        after(Duration.ofHours(1));
        AccessRequest withdrawn = aDeniedCall(Cast.ALICE, Cast.PROD, "s3:DeleteBucketPolicy");
        justification.cancel(as(Cast.ALICE), withdrawn.id());
        runDueJobs();

        takesTheLinesThatTheEngineTook(denied.id(), automatic.id(), withdrawn.id());
    }

    @Test
    @DisplayName("is empty for a request that the engine does not know")
    void isEmptyForTheUnknown() {
        assertThat(journey.of(new RequestId("00000000-0000-0000-0000-000000000000")))
                .isEmpty();
    }

    private void takesTheLinesThatTheEngineTook(RequestId... requests) {
        Set<String> drawn = new TreeSet<>();
        for (RequestId request : requests) {
            journey.of(request).forEach(each -> each.flows().stream()
                    .filter(Flow::taken)
                    .map(Flow::id)
                    .forEach(drawn::add));
        }
        assertThat(drawn).isNotEmpty().containsExactlyInAnyOrderElementsOf(tracks.taken());
    }

    private static Set<String> here(DrawnProcess drawn) {
        return drawn.nodes().stream()
                .filter(node -> node.trace() == Trace.HERE)
                .map(Node::id)
                .collect(Collectors.toSet());
    }

    private static Trace traceOf(DrawnProcess drawn, String id) {
        return drawn.nodes().stream()
                .filter(node -> node.id().equals(id))
                .map(Node::trace)
                .findFirst()
                .orElseThrow();
    }
}
