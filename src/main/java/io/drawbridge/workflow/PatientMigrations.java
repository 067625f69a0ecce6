package io.drawbridge.workflow;

import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.springframework.stereotype.Component;

/**
 * Lets a migration take its time: an index on a large table takes longer than an answer may that everything else waits for.
 *
 * <p>The pool gives the connection its bound back when it is returned.
 */
@Component
class PatientMigrations implements Callback {
    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            context.getConnection().setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException refused) {
            throw new FlywayException("The bound of an answer could not be lifted for the migrations.", refused);
        }
    }

    @Override
    public String getCallbackName() {
        return "patient migrations";
    }
}
