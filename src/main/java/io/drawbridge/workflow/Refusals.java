package io.drawbridge.workflow;

import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.InvalidInputException;
import io.drawbridge.identity.NotFoundException;
import io.drawbridge.request.StatusConflictException;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.exception.NullValueException;
import org.camunda.bpm.engine.impl.cmd.CompleteTaskCmd;
import org.camunda.bpm.engine.impl.cmd.SubmitTaskFormCmd;
import org.camunda.bpm.engine.impl.form.validator.FormFieldValidationException;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.rest.exception.RestException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;

/**
 * Hands a refusal of the desk to whoever completes a task through the engine's REST API.
 *
 * <p>The engine wraps whatever a listener throws, and its REST API then answers 500. This interceptor stands outside the
 * transaction, which is rolled back by then, and throws what the REST API answers rightly: 400 for the input, 403 for the
 * person, 404 and 409. Tasklist shows the text and keeps what was typed. (Camunda 7.24, {@code TaskResourceImpl}.)
 */
@Component
class Refusals extends CommandInterceptor {
    private static final int DEEPEST_CAUSE = 20;

    private final DeskCall deskCall;
    private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);
    private static final ThreadLocal<@Nullable String> AFTER_COMMIT = new ThreadLocal<>();

    Refusals(DeskCall deskCall) {
        this.deskCall = deskCall;
    }

    /** The change stands, and yet the caller did not get what he wanted: he is told once it is committed. */
    void tellAfterCommit(String refusal) {
        AFTER_COMMIT.set(refusal);
    }

    @Override
    public <T> T execute(Command<T> command) {
        DEPTH.set(DEPTH.get() + 1);
        try {
            T result = next.execute(command);
            String refusal = AFTER_COMMIT.get();
            if (DEPTH.get() == 1 && refusal != null) {
                throw new RestException(Response.Status.CONFLICT, refusal);
            }
            return result;
        } catch (RestException refusal) {
            throw refusal;
        } catch (RuntimeException failure) {
            if (DEPTH.get() > 1 || deskCall.isByDesk()) {
                throw failure;
            }
            throw translated(command, failure).orElse(failure);
        } finally {
            DEPTH.set(DEPTH.get() - 1);
            if (DEPTH.get() == 0) {
                DEPTH.remove();
                AFTER_COMMIT.remove();
            }
        }
    }

    private static Optional<RuntimeException> translated(Command<?> command, RuntimeException failure) {
        if (failure instanceof NullValueException
                && (command instanceof CompleteTaskCmd || command instanceof SubmitTaskFormCmd)) {
            return Optional.of(new RestException(
                    Response.Status.CONFLICT, "This task is done, or there never was one; look at the request again."));
        }
        Throwable cause = failure;
        for (int level = 0; cause != null && level < DEEPEST_CAUSE; level++) {
            if (cause instanceof InvalidInputException refusal) {
                return Optional.of(new FormFieldValidationException("input", refusal.getMessage()));
            }
            if (cause instanceof ForbiddenException refusal) {
                return Optional.of(new AuthorizationException(refusal.getMessage()));
            }
            if (cause instanceof NotFoundException refusal) {
                return Optional.of(new RestException(Response.Status.NOT_FOUND, refusal.getMessage()));
            }
            if (cause instanceof StatusConflictException refusal) {
                return Optional.of(new RestException(Response.Status.CONFLICT, refusal.getMessage()));
            }
            if (cause instanceof OptimisticLockingException || cause instanceof ConcurrencyFailureException) {
                return Optional.of(new RestException(
                        Response.Status.CONFLICT, "Somebody else was faster; look at the request again."));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
