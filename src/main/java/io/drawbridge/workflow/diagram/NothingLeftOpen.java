package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.model.bpmn.instance.FlowNode;

/** No way ends while access may remain: not over a gateway, an event, an error, nor by ending all at once. */
final class NothingLeftOpen implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        Ways ways = diagram.ways();
        List<Flaw> flaws = new ArrayList<>();
        if (ways.tooMany()) {
            flaws.add(new Flaw(
                    diagram.key(), "It has too many ways to prove that none leaves access behind; make it simpler."));
        }
        Set<FlowNode> leaks = ways.leaks();
        for (FlowNode end : leaks) {
            flaws.add(Diagram.flaw(
                    end,
                    "The process can end here while access remains; lead every way from the grant through"
                            + " ${beginRevocationDelegate}, ${revokeAccessDelegate}, ${confirmRemovalDelegate} and the"
                            + " answer ${removal == 'confirmed'} right behind it, and let nothing interrupt a called"
                            + " grant."));
        }
        for (FlowNode node : ways.uncaught()) {
            flaws.add(Diagram.flaw(
                    node,
                    "Nothing catches its error, and the process would end there; attach an error event to it or to"
                            + " the sub-process around it."));
        }
        for (FlowNode node : ways.twice()) {
            flaws.add(Diagram.flaw(
                    node, "It can be running twice at once, which is not followed; let it run once at a time."));
        }
        for (FlowNode node : ways.stuck()) {
            flaws.add(Diagram.flaw(
                    node, "It can wait here for ever while access remains; no way leads on to the revocation."));
        }
        return flaws;
    }
}
