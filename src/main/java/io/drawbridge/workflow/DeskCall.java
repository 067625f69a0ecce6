package io.drawbridge.workflow;

import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Knows on which side of the counter a task is being completed.
 *
 * <p>A decision comes either through a desk, which then has the engine complete the task, or through the engine, whose
 * listener then has the desk decide. Either way the desk is asked exactly once.
 */
@Component
class DeskCall {
    private enum Side {
        DESK,
        ENGINE
    }

    private static final ThreadLocal<Side> SIDE = new ThreadLocal<>();

    /** The desk has decided; whatever the engine does meanwhile must not ask it again. */
    void byDesk(Runnable completion) {
        within(Side.DESK, () -> {
            completion.run();
            return true;
        });
    }

    /** The engine is completing a task; whatever the desk does meanwhile must not complete it again. */
    <T> T byEngine(Supplier<T> decision) {
        return within(Side.ENGINE, decision);
    }

    boolean isByDesk() {
        return SIDE.get() == Side.DESK;
    }

    boolean isByEngine() {
        return SIDE.get() == Side.ENGINE;
    }

    private <T> T within(Side entered, Supplier<T> work) {
        Side before = SIDE.get();
        SIDE.set(entered);
        try {
            return work.get();
        } finally {
            if (before == null) {
                SIDE.remove();
            } else {
                SIDE.set(before);
            }
        }
    }
}
