package io.drawbridge.workflow.diagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaTaskListener;

/** People are asked by the three tasks that Drawbridge knows, each with its form, its listeners and no others. */
final class PeopleAreAsked implements Rule {
    private static final String CREATE = "create";
    private static final String COMPLETE = "complete";

    private record Question(String form, String assigned, String taken, String due) {}

    private static final Map<String, Question> QUESTIONS = Map.of(
            Parts.JUSTIFY,
            new Question("forms/justify.html", "assignRequesterListener", "takeJustificationListener", ""),
            Parts.APPROVE,
            new Question("forms/approve.html", "assignApproversListener", "takeDecisionListener", ""),
            Parts.REVIEW,
            new Question("forms/review.html", "assignReviewersListener", "takeReviewListener", "${reviewDueAt}"));

    @Override
    public List<Flaw> flaws(Diagram diagram) {
        List<Flaw> flaws = new ArrayList<>();
        for (UserTask task : diagram.all(UserTask.class)) {
            Optional.ofNullable(diagram.is(Diagram.ACCESS_REQUEST) ? QUESTIONS.get(task.getId()) : null)
                    .ifPresentOrElse(
                            question -> compare(task, question, flaws),
                            () -> flaws.add(Diagram.flaw(
                                    task,
                                    "Drawbridge does not know this question and would take no answer; people are asked by"
                                            + " UserTask_JustifyRequest, UserTask_ApproveRequest and"
                                            + " UserTask_ReviewBreakGlass of access-request only.")));
        }
        return flaws;
    }

    private static void compare(UserTask task, Question question, List<Flaw> flaws) {
        String form = "embedded:deployment:" + question.form();
        if (!form.equals(task.getCamundaFormKey())) {
            flaws.add(Diagram.flaw(task, "Its form must be \"" + form + "\"; set the form key back to it."));
        }
        if (!question.due().equals(Diagram.text(task.getCamundaDueDate()))) {
            flaws.add(Diagram.flaw(task, "Its due date must be \"" + question.due() + "\"; set it back."));
        }
        List<String> found = task.getExtensionElements() == null
                ? List.of()
                : task.getExtensionElements().getElementsQuery().filterByType(CamundaTaskListener.class).list().stream()
                        .map(listener -> listener.getCamundaEvent() + " " + listener.getCamundaDelegateExpression())
                        .toList();
        List<String> wanted =
                List.of(CREATE + " ${" + question.assigned() + "}", COMPLETE + " ${" + question.taken() + "}");
        if (!found.equals(wanted)) {
            flaws.add(Diagram.flaw(
                    task,
                    "Its listeners must be " + String.join(" and ", wanted)
                            + ", in this order: they give the task to the right people and take the answer."));
        }
    }
}
