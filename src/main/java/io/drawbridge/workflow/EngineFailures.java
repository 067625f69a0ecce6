package io.drawbridge.workflow;

import io.drawbridge.grant.GrantStateException;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.request.StatusConflictException;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.exception.NullValueException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;

/** Turns what the engine throws into what desks and their callers know. */
@Component
class EngineFailures {
    private static final int DEEPEST_CAUSE = 20;

    private final DeskCall deskCall;

    EngineFailures(DeskCall deskCall) {
        this.deskCall = deskCall;
    }

    /**
     * Has the engine do something that a desk has decided.
     *
     * @throws RuntimeException the desk's own, if a delegate asked a desk that refused
     * @throws OptimisticLockingFailureException if somebody else moved the instance at the same moment
     */
    void byDesk(Runnable work) {
        try {
            deskCall.byDesk(work);
        } catch (RuntimeException failure) {
            throw unwrapped(failure);
        }
    }

    private static RuntimeException unwrapped(RuntimeException failure) {
        Throwable cause = failure;
        for (int level = 0; cause != null && level < DEEPEST_CAUSE; level++) {
            if (cause instanceof InvalidInputException
                    || cause instanceof StatusConflictException
                    || cause instanceof GrantStateException
                    || cause instanceof ForbiddenException
                    || cause instanceof NotFoundException) {
                return (RuntimeException) cause;
            }
            if (cause instanceof OptimisticLockingException
                    || cause instanceof MismatchingMessageCorrelationException
                    || cause instanceof NullValueException) {
                return new OptimisticLockingFailureException(
                        "Somebody else moved the process at the same moment.", failure);
            }
            cause = cause.getCause();
        }
        return failure;
    }
}
