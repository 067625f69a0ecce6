package io.drawbridge.operations;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Tells a database that is away, or went away in the middle, from a failure of what it was asked for. */
public final class DatabaseOutage {
    /** Classes of SQLSTATE: connection exception; operator intervention, such as PostgreSQL's shutdown. */
    private static final Set<String> AWAY = Set.of("08", "57");

    private static final int CLASS = 2;

    private DatabaseOutage() {}

    /** Whether the database was the reason, so that whatever else needs it fails as well; false if somebody else was faster. */
    public static boolean isBehind(Throwable failure) {
        if (failure instanceof ConcurrencyFailureException) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof TransientDataAccessException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof TransactionSystemException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLRecoverableException
                    || (cause instanceof SQLException known && isAway(known.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAway(@Nullable String state) {
        return state != null && state.length() > CLASS && AWAY.contains(state.substring(0, CLASS));
    }
}
