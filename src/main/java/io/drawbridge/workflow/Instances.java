package io.drawbridge.workflow;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What runs for a business key, read from the engine's own tables.
 *
 * <p>By its key alone, and without what a query of the engine asks beside it: desks ask in each step, and whoever stands at
 * a desk was checked there. Seen is what the engine has written in the same transaction.
 */
@Component
class Instances {
    private final JdbcClient database;

    Instances(JdbcClient database) {
        this.database = database;
    }

    /** The definition by which a process runs for that key; empty if none does. */
    Optional<String> definition(String businessKey, String process) {
        return Optional.ofNullable(definitions(List.of(businessKey), process).get(businessKey));
    }

    /** The definition by which a process ran last for that key, as the history has it; empty if that is gone, or none did. */
    Optional<String> lastDefinition(String businessKey, String process) {
        return database.sql("select PROC_DEF_ID_ from ACT_HI_PROCINST where BUSINESS_KEY_ = ? and PROC_DEF_KEY_ = ?"
                        + " order by START_TIME_ desc limit 1")
                .params(businessKey, process)
                .query(String.class)
                .optional();
    }

    /** By which definition a process runs for each of these keys; of a key for which none does there is nothing. */
    Map<String, String> definitions(Collection<String> businessKeys, String process) {
        Map<String, String> found = new HashMap<>();
        if (!businessKeys.isEmpty()) {
            database.sql("select e.BUSINESS_KEY_, e.PROC_DEF_ID_ from ACT_RU_EXECUTION e"
                            + " join ACT_RE_PROCDEF d on d.ID_ = e.PROC_DEF_ID_"
                            + " where e.BUSINESS_KEY_ in (:keys) and d.KEY_ = :process")
                    .param("keys", businessKeys)
                    .param("process", process)
                    .query(row -> {
                        found.put(row.getString(1), row.getString(2));
                    });
        }
        return found;
    }

    /** The task that waits for somebody there; empty if it does not, or not any more. */
    Optional<String> task(String businessKey, String taskKey) {
        return database
                .sql("select t.ID_ from ACT_RU_EXECUTION e join ACT_RU_TASK t on t.PROC_INST_ID_ = e.PROC_INST_ID_"
                        + " where e.BUSINESS_KEY_ = ? and t.TASK_DEF_KEY_ = ?")
                .params(businessKey, taskKey)
                .query(String.class)
                .list()
                .stream()
                .findFirst();
    }
}
