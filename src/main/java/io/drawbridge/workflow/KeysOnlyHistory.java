package io.drawbridge.workflow;

import java.util.Set;
import org.camunda.bpm.engine.impl.history.AbstractHistoryLevel;
import org.camunda.bpm.engine.impl.history.event.HistoryEventType;
import org.camunda.bpm.engine.impl.history.event.HistoryEventTypes;

/**
 * The engine's full history, but for what people write with a task, and for what nobody reads.
 *
 * <p>Justifications and messages are in our own tables, for those who may read them; the engine's history is open to
 * operations and must show keys only. Of variables nothing is kept once their instance has ended, and nothing of who was a
 * task's candidate; of each job its failures, and not that it was made and done. What was decided on which grounds, who was
 * asked, and who did what and when stands in the audit trail and in our own tables.
 */
final class KeysOnlyHistory extends AbstractHistoryLevel {
    static final String NAME = "keys-only";

    /** Any number that the engine does not use itself (0 to 3); it is stored in the database and must not change. */
    private static final int ID = 71;

    private static final Set<HistoryEventType> LEFT_OUT = Set.of(
            HistoryEventTypes.FORM_PROPERTY_UPDATE,
            HistoryEventTypes.VARIABLE_INSTANCE_CREATE,
            HistoryEventTypes.VARIABLE_INSTANCE_UPDATE,
            HistoryEventTypes.VARIABLE_INSTANCE_UPDATE_DETAIL,
            HistoryEventTypes.VARIABLE_INSTANCE_MIGRATE,
            HistoryEventTypes.VARIABLE_INSTANCE_DELETE,
            HistoryEventTypes.IDENTITY_LINK_ADD,
            HistoryEventTypes.IDENTITY_LINK_DELETE,
            HistoryEventTypes.JOB_CREATE,
            HistoryEventTypes.JOB_SUCCESS,
            HistoryEventTypes.JOB_DELETE);

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
        return !LEFT_OUT.contains(eventType);
    }
}
