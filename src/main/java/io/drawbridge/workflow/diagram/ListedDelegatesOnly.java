package io.drawbridge.workflow.diagram;

import java.util.List;
import java.util.stream.Collectors;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;

/** Each service task names one delegate that is listed for its process, and nothing else carries it out. */
final class ListedDelegatesOnly implements Rule {

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        String listed = Delegate.of(diagram.key()).stream()
                .map(delegate -> "${" + delegate.bean() + "}")
                .collect(Collectors.joining(", "));
        return diagram.all(ServiceTask.class).stream()
                .filter(task -> diagram.delegate(task).isEmpty())
                .map(task -> Diagram.flaw(
                        task,
                        "It is carried out by \"" + Diagram.text(task.getCamundaDelegateExpression())
                                + "\", which is none of this diagram's delegates; choose a template, or set the delegate"
                                + " expression to one of " + listed + "."))
                .toList();
    }
}
