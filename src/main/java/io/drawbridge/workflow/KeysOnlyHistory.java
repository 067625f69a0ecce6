package io.drawbridge.workflow;

import org.camunda.bpm.engine.impl.history.AbstractHistoryLevel;
import org.camunda.bpm.engine.impl.history.event.HistoryEventType;
import org.camunda.bpm.engine.impl.history.event.HistoryEventTypes;
import org.camunda.bpm.engine.impl.persistence.entity.VariableInstanceEntity;

/**
 * The engine's full history, but for what people write with a task.
 *
 * <p>Justifications and messages are in our own tables, for those who may read them; the engine's history is open to
 * operations and must show keys only.
 */
final class KeysOnlyHistory extends AbstractHistoryLevel {
    static final String NAME = "keys-only";

    /** Any number that the engine does not use itself (0 to 3); it is stored in the database and must not change. */
    private static final int ID = 71;

    @Override
    public int getId() {
        return ID;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean isHistoryEventProduced(HistoryEventType eventType, Object entity) {
        if (HistoryEventTypes.FORM_PROPERTY_UPDATE.equals(eventType)) {
            return false;
        }
        return !(entity instanceof VariableInstanceEntity variable
                && RequestVariables.FORM_FIELDS.contains(variable.getName()));
    }
}
