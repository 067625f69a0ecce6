package io.drawbridge.workflow;

import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.engine.variable.value.StringValue;
import org.jspecify.annotations.Nullable;

/** Writes what diagrams read. */
final class Variables {
    private Variables() {}

    /**
     * The variable has that value afterwards.
     *
     * <p>NB. The engine (7.24, {@code AbstractVariableScope}) writes a value that is there already as if it were another
     * one: three statements, for the variable and its history.
     *
     * @param value null for a variable that is there and says nothing
     */
    static void set(VariableScope scope, String name, @Nullable String value) {
        // Not deserialized: whatever somebody else has put there is overwritten, not looked into.
        boolean there = value != null
                && scope.getVariableTyped(name, false) instanceof StringValue known
                && value.equals(known.getValue());
        if (!there) {
            scope.setVariable(name, value);
        }
    }
}
