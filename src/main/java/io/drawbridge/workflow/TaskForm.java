package io.drawbridge.workflow;

import io.drawbridge.identity.InvalidInputException;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.jspecify.annotations.Nullable;

/** What a person sent with a task. */
final class TaskForm {
    private TaskForm() {}

    /**
     * One field as text; null if it was not sent.
     *
     * @throws InvalidInputException if something else than a text was sent
     */
    static @Nullable String field(DelegateTask task, String name) {
        Object value = task.getVariable(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return text;
        }
        throw new InvalidInputException(name, "must be a text.");
    }

    /** Leaves none of it behind in the instance. */
    static void forget(DelegateTask task) {
        RequestVariables.FORM_FIELDS.forEach(task::removeVariable);
    }
}
