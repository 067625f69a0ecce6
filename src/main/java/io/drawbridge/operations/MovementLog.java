package io.drawbridge.operations;

import io.drawbridge.grant.GrantMoved;
import io.drawbridge.request.RequestMoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** One line in the log for each status and state that is entered, once it is committed. */
@Component
class MovementLog {
    private static final Logger LOG = LoggerFactory.getLogger(MovementLog.class);

    @TransactionalEventListener
    @SuppressWarnings("try") // What is mentioned counts by being open.
    void note(RequestMoved moved) {
        try (Mention about = Mention.open().of(moved.tenant()).of(moved.request())) {
            LOG.info("Request {} is {}.", moved.request(), moved.to());
        }
    }

    @TransactionalEventListener
    @SuppressWarnings("try") // What is mentioned counts by being open.
    void note(GrantMoved moved) {
        try (Mention about =
                Mention.open().of(moved.tenant()).of(moved.request()).of(moved.grant())) {
            LOG.info("Grant {} is {}.", moved.grant(), moved.to());
        }
    }
}
