package io.drawbridge.workflow;

import org.camunda.bpm.engine.delegate.DelegateTask;
import org.jspecify.annotations.Nullable;

/** What a person sent with a task. */
final class TaskForm {
    private TaskForm() {}

    /** One field as text; null if it was not sent. */
    static @Nullable String field(DelegateTask task, String name) {
        Object value = task.getVariable(name);
        return value == null ? null : String.valueOf(value);
    }

    /** Leaves none of it behind in the instance. */
    static void forget(DelegateTask task) {
        RequestVariables.FORM_FIELDS.forEach(task::removeVariable);
    }
}
