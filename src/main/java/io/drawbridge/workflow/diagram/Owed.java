package io.drawbridge.workflow.diagram;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;

/** What a request waits for; one whose process ends before would wait for ever. */
enum Owed {
    ARRIVAL("that the answer of the policy on arrival is asked for"),
    JUSTIFICATION("its justification"),
    EVALUATION("the policy, after its justification"),
    JUDGEMENT("that the answer of the policy is asked for"),
    ASKING("that its approvers are asked"),
    APPROVAL("its approval"),
    ALARM("the alarm of its emergency"),
    GRANT("its grant, although it is approved"),
    REVIEW("the review of its emergency");

    private final String words;

    Owed(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }

    /** What is owed once the node is come to. */
    static Set<Owed> at(FlowNode node, Set<Owed> owed) {
        return switch (String.valueOf(node.getId())) {
            case Parts.JUSTIFY -> change(owed, Set.of(), Set.of(JUSTIFICATION));
            case Parts.APPROVE -> change(owed, Set.of(), Set.of(APPROVAL));
            case Parts.REVIEW -> change(owed, Set.of(), Set.of(REVIEW));
            default -> node instanceof CallActivity ? change(owed, Set.of(GRANT), Set.of()) : owed;
        };
    }

    /** What must have been done before the node is come to, and is not. */
    static Set<Owed> tooLate(FlowNode node, Set<Owed> owed) {
        if (node instanceof CallActivity && owed.contains(ALARM)) {
            return Set.of(ALARM);
        }
        return Parts.APPROVE.equals(node.getId()) && owed.contains(ASKING) ? Set.of(ASKING) : Set.of();
    }

    /** What is owed once the node is done: a task that was interrupted is not. */
    static Set<Owed> after(Diagram diagram, FlowNode node, Set<Owed> owed) {
        Optional<Delegate> delegate = diagram.delegate(node);
        if (delegate.isPresent()) {
            return switch (delegate.get()) {
                case EVALUATE_POLICY_ON_ARRIVAL -> change(owed, Set.of(), Set.of(ARRIVAL));
                case EVALUATE_POLICY -> change(owed, Set.of(EVALUATION), Set.of(JUDGEMENT));
                case ASK_APPROVERS -> change(owed, Set.of(ASKING), Set.of());
                case NOTIFY_BREAK_GLASS -> change(owed, Set.of(ALARM), Set.of());
                case EXPIRE_JUSTIFICATION -> change(owed, Set.of(JUSTIFICATION), Set.of());
                case EXPIRE_REQUEST -> change(owed, Set.of(APPROVAL), Set.of());
                default -> owed;
            };
        }
        return switch (String.valueOf(node.getId())) {
            case Parts.JUSTIFY -> change(owed, Set.of(JUSTIFICATION), Set.of(EVALUATION));
            case Parts.APPROVE -> change(owed, Set.of(APPROVAL), Set.of(GRANT));
            case Parts.REVIEW -> change(owed, Set.of(REVIEW), Set.of());
            default -> owed;
        };
    }

    /** The request is no longer open, and nothing but a review is waited for. */
    static Set<Owed> withdrawn(Set<Owed> owed) {
        return change(owed, EnumSet.complementOf(EnumSet.of(REVIEW)), Set.of());
    }

    /** What is owed after an answer; all that may be, where the flow stands for several of them. */
    static Set<Owed> along(Diagram diagram, SequenceFlow flow, Set<Owed> owed) {
        List<Outcome.Comparison> answers = answers(diagram, flow);
        if (answers.isEmpty()) {
            return owed;
        }
        Set<Owed> all = EnumSet.noneOf(Owed.class);
        answers.forEach(answer -> all.addAll(answered(answer, owed)));
        return all;
    }

    /**
     * What the flow says, and if it is a default, every answer for which there is no flow. Only exclusive gateways have one
     * ({@link SafeDefaults}).
     */
    private static List<Outcome.Comparison> answers(Diagram diagram, SequenceFlow flow) {
        Optional<Outcome.Comparison> own = diagram.comparison(flow);
        if (own.isPresent() || !(flow.getSource() instanceof ExclusiveGateway gateway)) {
            return own.stream().toList();
        }
        List<Outcome.Comparison> beside = diagram.outgoing(gateway).stream()
                .map(diagram::comparison)
                .flatMap(Optional::stream)
                .toList();
        Set<String> said = beside.stream().map(Outcome.Comparison::word).collect(Collectors.toSet());
        return beside.stream()
                .findFirst()
                .map(Outcome.Comparison::outcome)
                .map(outcome -> outcome.words().stream()
                        .filter(word -> !said.contains(word))
                        .map(word -> new Outcome.Comparison(outcome, word))
                        .toList())
                .orElse(List.of());
    }

    private static Set<Owed> answered(Outcome.Comparison answer, Set<Owed> owed) {
        return switch (answer.outcome() + " " + answer.word()) {
            case "ARRIVAL denied" -> change(owed, Set.of(ARRIVAL), Set.of());
            case "ARRIVAL ask" -> change(owed, Set.of(ARRIVAL), Set.of(JUSTIFICATION));
            case "ARRIVAL judged" -> change(owed, Set.of(ARRIVAL), Set.of(JUDGEMENT));
            case "JUSTIFIED no" -> change(owed, Set.of(EVALUATION), Set.of());
            case "JUDGEMENT denied" -> change(owed, Set.of(JUDGEMENT), Set.of());
            case "JUDGEMENT approved" -> change(owed, Set.of(JUDGEMENT), Set.of(GRANT, ALARM));
            case "JUDGEMENT require" -> change(owed, Set.of(JUDGEMENT), Set.of(APPROVAL, ASKING));
            case "MODE auto", "MODE require" -> change(owed, Set.of(ALARM), Set.of());
            case "DECISION denied", "MAY_OPEN no" -> change(owed, Set.of(GRANT), Set.of());
            default -> owed;
        };
    }

    private static Set<Owed> change(Set<Owed> owed, Set<Owed> less, Set<Owed> more) {
        Set<Owed> changed = new HashSet<>(owed);
        changed.removeAll(less);
        changed.addAll(more);
        return Set.copyOf(changed);
    }
}
