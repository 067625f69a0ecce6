package io.drawbridge.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.operations.DatabaseOutage;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngineException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

@DisplayName("A call whose database is away")
class DatabaseOutageTest {

    static Stream<Exception> outages() {
        return Stream.of(
                new CannotCreateTransactionException(
                        "No connection.", new SQLTransientConnectionException("Timed out.")),
                new DataAccessResourceFailureException("Broken off."),
                new TransactionSystemException("The commit broke off."),
                new ProcessEngineException(
                        "### Error querying the database.",
                        new SQLException("An I/O error occurred while sending to the backend.", "08006")),
                new ProcessEngineException(
                        "### Error querying the database.",
                        new SQLException("FATAL: terminating connection due to administrator command", "57P01")));
    }

    @ParameterizedTest
    @MethodSource("outages")
    @DisplayName("is answered with 503, and says that it may have been done")
    void isAnsweredWith503(Exception failure) throws Exception {
        MockHttpServletResponse response = answer(failure);

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getContentAsString())
                .contains("urn:drawbridge:problem:database-unavailable", "Look whether this call was done");
    }

    @Test
    @DisplayName("is not what a lock that was not had in time is, nor what a wrong statement is")
    void isNothingElse() {
        assertThat(answer(new CannotAcquireLockException("Somebody else was faster."))
                        .getStatus())
                .isEqualTo(409);
        assertThat(answer(new DuplicateKeyException("There already.")).getStatus())
                .isEqualTo(500);
        assertThat(DatabaseOutage.isBehind(new ProcessEngineException("Wrong.", new SQLException("Syntax.", "42601"))))
                .isFalse();
        assertThat(DatabaseOutage.isBehind(new SQLException("Without a state.")))
                .isFalse();
    }

    private static MockHttpServletResponse answer(Exception failure) {
        MockHttpServletResponse response = new MockHttpServletResponse();
        new ApiProblems().resolveException(new MockHttpServletRequest("POST", "/v1/requests"), response, null, failure);
        return response;
    }
}
