package io.drawbridge.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("What a transaction has read already")
class ReadingTest {
    private final JdbcTransactionManager manager = new JdbcTransactionManager(database());
    private final AtomicInteger reads = new AtomicInteger();

    @Test
    @DisplayName("is not read again in a transaction that only reads")
    void isNotReadAgain() {
        readOnly().executeWithoutResult(transaction -> {
            assertThat(read()).isEqualTo(1);
            assertThat(read()).isEqualTo(1);
            assertThat(Reading.once("something else", reads::incrementAndGet)).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("is forgotten when the transaction ends")
    void isForgotten() {
        readOnly().executeWithoutResult(transaction -> read());
        readOnly().executeWithoutResult(transaction -> assertThat(read()).isEqualTo(2));
    }

    @Test
    @DisplayName("R42 is read anew each time in a transaction that may write, and outside of any")
    void isReadAnewWhereSomebodyMayWrite() {
        assertThat(read()).isEqualTo(1);
        assertThat(read()).isEqualTo(2);
        new TransactionTemplate(manager).executeWithoutResult(transaction -> {
            assertThat(read()).isEqualTo(3);
            readOnly().executeWithoutResult(inner -> assertThat(read()).isEqualTo(4));
        });
    }

    @Test
    @DisplayName("R42 is forgotten when another transaction has run inside")
    void isForgottenAfterAnotherTransaction() {
        TransactionTemplate apart = new TransactionTemplate(manager);
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        readOnly().executeWithoutResult(transaction -> {
            assertThat(read()).isEqualTo(1);
            apart.executeWithoutResult(inner -> assertThat(read()).isEqualTo(2));
            assertThat(read()).isEqualTo(3);
            assertThat(read()).isEqualTo(3);
        });
    }

    @Test
    @DisplayName("R42 is read once in a step that may write and remembers, until somebody writes what was read")
    void isReadOnceInAStep() {
        new TransactionTemplate(manager).executeWithoutResult(transaction -> {
            assertThat(read()).isEqualTo(1);
            Reading.remember();
            assertThat(read()).isEqualTo(2);
            assertThat(read()).isEqualTo(2);
            Reading.forget();
            assertThat(read()).isEqualTo(3);
        });
        assertThat(read()).isEqualTo(4);
    }

    @Test
    @DisplayName("stays where it is a row that the transaction holds, through others inside, and to its end only")
    void whatIsHeldStays() {
        TransactionTemplate apart = new TransactionTemplate(manager);
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        new TransactionTemplate(manager).executeWithoutResult(transaction -> {
            Reading.hold("row", "as it stands");
            Reading.forget();
            apart.executeWithoutResult(
                    inner -> assertThat(Reading.<String>held("row")).isEmpty());
            assertThat(Reading.<String>held("row")).contains("as it stands");
            Reading.release("row");
            assertThat(Reading.<String>held("row")).isEmpty();
            Reading.hold("row", "as it stands");
        });
        new TransactionTemplate(manager).executeWithoutResult(transaction -> assertThat(Reading.<String>held("row"))
                .isEmpty());
    }

    @Test
    @DisplayName("is neither remembered nor held when a part of the transaction was taken back")
    void isGoneWithItsSavepoint() {
        TransactionTemplate nested = new TransactionTemplate(manager);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        new TransactionTemplate(manager).executeWithoutResult(transaction -> {
            Reading.remember();
            nested.executeWithoutResult(part -> {
                Reading.hold("row", "as it was written");
                assertThat(read()).isEqualTo(1);
                part.setRollbackOnly();
            });
            assertThat(Reading.<String>held("row")).isEmpty();
            assertThat(read()).isEqualTo(2);
        });
    }

    private int read() {
        return Reading.once("how many", reads::incrementAndGet);
    }

    private TransactionTemplate readOnly() {
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setReadOnly(true);
        return template;
    }

    private static JdbcDataSource database() {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:reading");
        return database;
    }
}
