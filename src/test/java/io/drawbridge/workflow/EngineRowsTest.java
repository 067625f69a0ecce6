package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.AskForAccess;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.RequestStage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.core.variable.scope.AbstractVariableScope;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.camunda.bpm.engine.task.Task;
import org.h2.api.Trigger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What the engine's own tables say, and what they never say. */
@SuppressWarnings("NullAway.Init")
class EngineRowsTest extends RequestStage {
    private static final String WHY = "Zanzibar needs its archive.";
    private static final String ANSWER = "Quetzalcoatl agrees.";
    private static final String OTHER_WORD = "Popocatepetl is quiet.";

    /** Tables of the engine that belong to the installation, not to a request. */
    private static final List<String> OF_THE_INSTALLATION = List.of(
            "ACT_RE_", "ACT_RU_JOBDEF", "ACT_ID_", "ACT_RU_FILTER", "ACT_RU_AUTHORIZATION", "ACT_GE_", "ACT_RU_METER");

    @Autowired
    private ProcessEngine engine;

    @Test
    @DisplayName("R72 every row of the engine about a request carries its tenant, running and in history")
    void everyRowCarriesItsTenant() {
        liveThroughEverything();
        List<String> tables = database
                .sql("select table_name from information_schema.columns where column_name = 'TENANT_ID_'"
                        + " and table_name like 'ACT_%' order by table_name")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> OF_THE_INSTALLATION.stream().noneMatch(table::startsWith))
                .toList();
        assertThat(tables)
                .contains("ACT_RU_EXECUTION", "ACT_RU_TASK", "ACT_RU_JOB", "ACT_RU_VARIABLE", "ACT_HI_PROCINST")
                .contains("ACT_HI_ACTINST", "ACT_HI_TASKINST", "ACT_HI_VARINST", "ACT_HI_DETAIL", "ACT_HI_JOB_LOG");

        List<String> homeless = new ArrayList<>();
        for (String table : tables) {
            long without = database.sql("select count(*) from " + table
                            + " where TENANT_ID_ is null or TENANT_ID_ not in ('acme', 'globex')"
                            + (table.equals("ACT_HI_OP_LOG") ? " and PROC_INST_ID_ is not null" : "")
                            + (table.equals("ACT_RU_JOB") || table.equals("ACT_HI_JOB_LOG")
                                    ? " and PROCESS_INSTANCE_ID_ is not null"
                                    : ""))
                    .query(Long.class)
                    .single();
            if (without > 0) {
                homeless.add(table + ": " + without);
            }
        }

        assertThat(homeless).isEmpty();
        for (String table :
                List.of("ACT_RU_EXECUTION", "ACT_RU_TASK", "ACT_RU_JOB", "ACT_RU_VARIABLE", "ACT_HI_ACTINST")) {
            assertThat(count(table)).as(table).isPositive();
        }
    }

    @Test
    @DisplayName("R52 the engine finds what is due, what is next and what is locked by an index of each")
    void looksForDueJobsByIndices() {
        List<String> indexed = database.sql("select column_name from information_schema.index_columns"
                        + " where table_name = 'ACT_RU_JOB' and ordinal_position = 1")
                .query(String.class)
                .list();

        assertThat(indexed).contains("DUEDATE_", "PRIORITY_", "LOCK_EXP_TIME_");
    }

    @Test
    @DisplayName("a step finds its variables, and a task those below it, without reading those of all instances")
    void looksForTheRowsOfOneInstanceByIndices() {
        aPendingRequest();

        // NB. Which of the indices of an execution H2 takes depends on what it has counted.
        assertThat(planOf("select * from ACT_RU_VARIABLE where EXECUTION_ID_ = '1' and TASK_ID_ is null"))
                .containsPattern("/\\* PUBLIC\\.\\w+: .*EXECUTION_ID_ = '1'");
        assertThat(planOf("select * from ACT_RU_TASK where PARENT_TASK_ID_ = '1'"))
                .containsPattern("/\\* PUBLIC\\.\\w+: .*PARENT_TASK_ID_ = '1'");
    }

    private String planOf(String query) {
        return database.sql("explain " + query).query(String.class).single();
    }

    @Test
    @DisplayName("R72 the instance of a request is of its tenant, and of nobody else's")
    void instancesAreOfTheirTenant() {
        AccessRequest acme = aPendingRequest();
        AccessRequest globex = ask(Cast.GINA, Cast.GLOBEX_MAIN, "s3:DeleteBucket", "PT1H");

        assertThat(taskOf(acme, APPROVE).getTenantId()).isEqualTo("acme");
        assertThat(taskOf(globex, APPROVE).getTenantId()).isEqualTo("globex");
        assertThat(management.createJobQuery().tenantIdIn("globex").count()).isEqualTo(2);
    }

    @Test
    @DisplayName("R72 no table of the engine keeps a word that anybody wrote")
    void noWordIsKept() {
        liveThroughEverything();

        List<String> found = new ArrayList<>();
        for (Map<String, Object> column : database.sql(
                        "select table_name, column_name from information_schema.columns where table_name like 'ACT_%'"
                                + " and data_type in ('CHARACTER VARYING', 'CHARACTER LARGE OBJECT')")
                .query()
                .listOfRows()) {
            String table = String.valueOf(column.get("table_name"));
            String name = String.valueOf(column.get("column_name"));
            for (String word : List.of(WHY, ANSWER, OTHER_WORD)) {
                long hits = database.sql("select count(*) from " + table + " where " + name + " like ?")
                        .param("%" + word.substring(0, word.indexOf(' ')) + "%")
                        .query(Long.class)
                        .single();
                if (hits > 0) {
                    found.add(table + "." + name + ": " + word);
                }
            }
        }
        for (String bytes : database.sql("select RAWTOHEX(BYTES_) from ACT_GE_BYTEARRAY where TENANT_ID_ is not null")
                .query(String.class)
                .list()) {
            for (String word : List.of(WHY, ANSWER, OTHER_WORD)) {
                String hex = java.util.HexFormat.of()
                        .formatHex(
                                word.substring(0, word.indexOf(' ')).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                if (bytes.toLowerCase(java.util.Locale.ROOT).contains(hex)) {
                    found.add("ACT_GE_BYTEARRAY: " + word);
                }
            }
        }

        assertThat(found).isEmpty();
    }

    @Test
    @DisplayName("R72 variables hold keys, deadlines and outcomes of the names we know, and no person")
    void variablesHoldKeysOnly() {
        WrittenVariables.ROWS.clear();
        database.sql("create trigger written_variables after insert, update on ACT_RU_VARIABLE for each row call '"
                        + WrittenVariables.class.getName() + "'")
                .update();
        try {
            liveThroughEverything();
        } finally {
            database.sql("drop trigger written_variables").update();
        }

        assertThat(WrittenVariables.ROWS)
                .extracting(row -> row.get("NAME_"))
                .contains("requestId", "judgement", "access")
                .isSubsetOf(
                        "requestId",
                        "arrival",
                        "judgement",
                        "mode",
                        "approvalTimeout",
                        "mayOpen",
                        "reviewDueAt",
                        "justified",
                        "decision",
                        "grantId",
                        "endsAt",
                        "expiresSoonAt",
                        "askAgainAfter",
                        "access",
                        "removal");
        assertThat(WrittenVariables.ROWS).allSatisfy(row -> {
            assertThat(String.valueOf(row.get("TEXT_"))).doesNotContain("@", "arn:");
            assertThat(row.get("TEXT2_")).isNull();
            assertThat(row.get("BYTEARRAY_ID_")).isNull();
        });
        for (String table : List.of("ACT_HI_VARINST", "ACT_HI_DETAIL", "ACT_HI_IDENTITYLINK")) {
            assertThat(count(table)).as(table).isZero();
        }
    }

    /** Every row of a variable that reaches the engine's table, however short it stays there. */
    public static final class WrittenVariables implements Trigger {
        static final List<Map<String, Object>> ROWS = new CopyOnWriteArrayList<>();

        private final List<String> columns = new ArrayList<>();

        @Override
        public void init(Connection connection, String schema, String trigger, String table, boolean before, int type)
                throws SQLException {
            try (ResultSet each = connection.getMetaData().getColumns(null, schema, table, null)) {
                while (each.next()) {
                    columns.add(each.getString("COLUMN_NAME"));
                }
            }
        }

        @Override
        public void fire(Connection connection, Object[] before, Object[] after) {
            Map<String, Object> row = new HashMap<>();
            for (int place = 0; place < after.length; place++) {
                row.put(columns.get(place), after[place]);
            }
            ROWS.add(row);
        }
    }

    @ParameterizedTest(name = "R72 an expression does not see {0}")
    @ValueSource(
            strings = {
                "dataSource",
                "decisionDesk",
                "grantDesk",
                "jdbcPeople",
                "runtimeService",
                "processEngine",
                "environment",
                "accessPolicies",
                "jdbcClient",
                "requestVariables"
            })
    void expressionsSeeNoOtherBean(String bean) {
        assertThatThrownBy(() -> evaluate("${" + bean + "}"))
                .rootCause()
                .hasMessageContaining("Cannot resolve identifier '" + bean + "'");
    }

    @Test
    @DisplayName("R72 an expression sees delegates and listeners")
    void expressionsSeeDelegates() {
        assertThat(evaluate("${evaluatePolicyDelegate}")).isInstanceOf(EvaluatePolicyDelegate.class);
        assertThat(evaluate("${takeDecisionListener}")).isInstanceOf(TakeDecisionListener.class);
    }

    @Test
    @DisplayName("R50 R72 nobody starts an instance without a request, or a grant by itself")
    void nothingStartsByItself() {
        assertThatThrownBy(() -> runtime.startProcessInstanceByKey(ProcessKeys.ACCESS_REQUEST));
        assertThatThrownBy(() -> runtime.startProcessInstanceByKey(ProcessKeys.TIMEBOXED_GRANT, "no-request"));
        assertThatThrownBy(() -> runtime.startProcessInstanceByKey(
                ProcessKeys.TIMEBOXED_GRANT, "x", Map.of(RequestVariables.requestIdName(), "no-request")));

        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    @Test
    @DisplayName("R50 no variable opens a grant: the table says whether a request is approved")
    void variablesDecideNothing() {
        AccessRequest request = aPendingRequest();
        Task task = taskOf(request, APPROVE);

        complete(
                Cast.BOB,
                task,
                Map.of(
                        "decision",
                        "deny",
                        "message",
                        "No.",
                        "mayOpen",
                        "yes",
                        "judgement",
                        "approved",
                        "mode",
                        "auto"));
        runDueJobs();

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.DENIED);
        assertThat(count("access_grant")).isZero();
        assertThat(cloud.whoHasAccess()).isEmpty();
    }

    @Test
    @DisplayName("R24 a task completed without anybody signed in decides nothing")
    void nobodyCompletesNothing() {
        AccessRequest request = aPendingRequest();

        assertThatThrownBy(() -> tasks.complete(
                taskOf(request, APPROVE).getId(), Map.of("decision", "approve", "message", "Who am I?")));

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
        assertThat(taskOf(request, APPROVE)).isNotNull();
    }

    @Test
    @DisplayName("R24 who was not given the task is refused by the engine itself")
    void taskIsForWhoHasIt() {
        AccessRequest request = aPendingRequest();

        for (var person : List.of(Cast.ALICE, Cast.VICTOR, Cast.OSCAR, Cast.PETRA, Cast.MALLORY)) {
            assertThatThrownBy(() -> complete(
                            person, taskOf(request, APPROVE), Map.of("decision", "approve", "message", "Fine.")))
                    .isInstanceOf(AuthorizationException.class);
        }

        assertThat(statusOf(request.id())).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    @DisplayName("R24 a refused try in Tasklist is on record like one on the page")
    void refusedTryIsOnRecord() {
        AccessRequest request = aPendingRequest();
        tasks.addCandidateUser(taskOf(request, APPROVE).getId(), Cast.ALICE.value());

        assertThatThrownBy(() -> complete(
                        Cast.ALICE, taskOf(request, APPROVE), Map.of("decision", "approve", "message", "Mine.")))
                .isInstanceOf(AuthorizationException.class);

        assertThat(records(request, "request.refused")).singleElement().satisfies(refusal -> assertThat(refusal.actor())
                .isEqualTo(Cast.ALICE.value()));
    }

    /** One request through question, escalation, message, approval and access; an emergency with its review; one denied. */
    private void liveThroughEverything() {
        AccessRequest request = aRequestedRequest();
        complete(
                Cast.ALICE,
                taskOf(request, JUSTIFY),
                Map.of("answer", "yes", "justification", WHY, "duration", "PT1H"));
        conversation.write(as(Cast.BOB), request.id(), OTHER_WORD);
        after(Duration.ofHours(1));
        inTasklist(Cast.CAROL, () -> tasks.claim(taskOf(request, APPROVE).getId(), Cast.CAROL.value()));
        complete(
                Cast.CAROL,
                taskOf(request, APPROVE),
                Map.of("decision", "approve", "message", ANSWER, "duration", "PT45M"));
        runDueJobs();
        AccessRequest emergency = opening.ask(
                as(Cast.ALICE),
                new AskForAccess(Cast.PROD, "kms:ScheduleKeyDeletion", null, "PT1H", WHY, true, "INC-1", null));
        complete(Cast.BOB, taskOf(emergency, REVIEW), Map.of("message", ANSWER, "justified", "true"));
        AccessRequest denied = ask(Cast.MALLORY, Cast.PROD, "s3:DeleteBucket", "PT1H");
        inTasklist(Cast.BOB, () -> engine.getFormService()
                .submitTaskForm(taskOf(denied, APPROVE).getId(), Map.of("decision", "deny", "message", ANSWER)));
        assertThat(statusOf(denied.id())).isEqualTo(RequestStatus.DENIED);
        opening.ask(as(Cast.MALLORY), anOpenAsk(Cast.PROD, "kms:ScheduleKeyDeletion"));
        aPendingRequest();
        ask(Cast.GINA, Cast.GLOBEX_MAIN, "s3:DeleteBucket", "PT1H");
    }

    private Object evaluate(String expression) {
        ProcessEngineConfigurationImpl configuration =
                (ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration();
        return configuration.getCommandExecutorTxRequired().execute(context -> {
            AbstractVariableScope scope = new ExecutionEntity();
            return configuration
                    .getExpressionManager()
                    .createExpression(expression)
                    .getValue(scope);
        });
    }
}
