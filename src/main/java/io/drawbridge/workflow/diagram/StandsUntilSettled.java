package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;

/** A removal that was held back, and a trouble, stand in the engine until they are settled: nothing puts them off or away. */
final class StandsUntilSettled implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        if (!diagram.is(Diagram.DRIFT_REMOVAL) && !diagram.is(Diagram.STANDING_TROUBLE)) {
            return flaws;
        }
        for (FlowNode node : diagram.all(FlowNode.class)) {
            boolean plain = node instanceof StartEvent
                    || node instanceof ServiceTask
                    || node instanceof Gateway
                    || (node instanceof EndEvent end
                            && end.getEventDefinitions().isEmpty());
            if (!plain) {
                flaws.add(Diagram.flaw(
                        node, "It would put off or take away what must stand here until it is settled; remove it."));
            }
        }
        // NB. It fails while the trouble stands: in a job of its own that is an incident, otherwise nothing would
        // start.
        for (ServiceTask task : diagram.all(ServiceTask.class)) {
            if (diagram.delegate(task).filter(Delegate.CONFIRM_REMEDY::equals).isPresent()
                    && (!task.isCamundaAsyncBefore() || Diagram.retryCycle(task).isEmpty())) {
                flaws.add(Diagram.flaw(
                        task,
                        "It fails while the trouble stands; tick \"Asynchronous before\" and write retry times such as"
                                + " PT1S, so that operations see it as an incident."));
            }
        }
        return flaws;
    }
}
