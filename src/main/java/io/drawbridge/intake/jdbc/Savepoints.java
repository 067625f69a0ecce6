package io.drawbridge.intake.jdbc;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Inserts that may find their row there already.
 *
 * <p>PostgreSQL gives a transaction up at its first failed statement; a savepoint keeps it going. H2 and PostgreSQL have
 * no common statement that inserts or does nothing.
 */
@Component
class Savepoints {
    private final TransactionTemplate nested;

    Savepoints(PlatformTransactionManager transactions) {
        this.nested = new TransactionTemplate(transactions);
        this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /** Whether the row was inserted; false if there was one, of this or of a transaction that has committed meanwhile. */
    boolean insert(Runnable statement) {
        try {
            nested.executeWithoutResult(status -> statement.run());
            return true;
        } catch (DuplicateKeyException there) {
            return false;
        }
    }
}
