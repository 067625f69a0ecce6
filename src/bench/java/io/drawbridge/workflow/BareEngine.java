package io.drawbridge.workflow;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The reference: Camunda by itself in its default configuration, with our diagrams and delegates that do nothing.
 *
 * <p>Nothing but what the diagrams cannot go on without: the outcomes that their gateways read and the moments that their
 * timers read, as constants.
 */
final class BareEngine implements Contender {
    private static final Pattern BEAN = Pattern.compile("\\$\\{(\\w+(Delegate|Listener))}");
    private static final List<String> DIAGRAMS = List.of("access-request.bpmn", "timeboxed-grant.bpmn");

    private final HikariDataSource pool;
    private final ProcessEngine engine;
    private final JdbcClient database;

    /** Creates the engine's tables in an empty database, and starts its job executor. */
    BareEngine(HikariConfig connections) throws IOException {
        pool = new HikariDataSource(connections);
        database = JdbcClient.create(pool);
        ProcessEngineConfigurationImpl configuration = new StandaloneProcessEngineConfiguration();
        configuration.setProcessEngineName("bare");
        configuration.setDataSource(pool);
        configuration.setDatabaseSchemaUpdate("true");
        configuration.setJobExecutorActivate(true);
        Map<Object, Object> beans = new HashMap<>();
        for (String diagram : DIAGRAMS) {
            Matcher bean = BEAN.matcher(text(diagram));
            while (bean.find()) {
                beans.put(bean.group(1), nothing(bean.group(2)));
            }
        }
        outcomes(beans);
        configuration.setBeans(beans);
        engine = configuration.buildProcessEngine();
        var deployment = engine.getRepositoryService().createDeployment();
        for (String diagram : DIAGRAMS) {
            deployment.addString(diagram, text(diagram));
        }
        deployment.deploy();
    }

    @Override
    public JdbcClient database() {
        return database;
    }

    /** An instance that waits for its approvers. */
    @Override
    public String post() {
        String key = UUID.randomUUID().toString();
        engine.getRuntimeService().startProcessInstanceByKey(ProcessKeys.ACCESS_REQUEST, key, Map.of("requestId", key));
        return key;
    }

    @Override
    public void approve(String key) {
        String task = engine.getTaskService()
                .createTaskQuery()
                .processInstanceBusinessKey(key)
                .singleResult()
                .getId();
        engine.getTaskService().complete(task, Map.of("decision", "approved"));
    }

    @Override
    public void end(String key) {
        engine.getRuntimeService()
                .createMessageCorrelation(ProcessKeys.GRANT_ENDED_EARLY)
                .processInstanceBusinessKey(key)
                .correlate();
    }

    @Override
    public void close() {
        engine.close();
        pool.close();
    }

    private static Object nothing(String kind) {
        return kind.equals("Listener")
                ? (TaskListener) task -> {
                    // Empty on purpose: the reference does nothing.
                }
                : (JavaDelegate) execution -> {
                    // Empty on purpose: the reference does nothing.
                };
    }

    private static void outcomes(Map<Object, Object> beans) {
        beans.put("evaluatePolicyOnArrivalDelegate", writes("arrival", "judged", "judgement", "require"));
        beans.put("confirmApprovalDelegate", writes("mayOpen", "yes", "mode", "require"));
        beans.put(
                "openGrantDelegate", writes("endsAt", "9998-12-31T00:00:00Z", "expiresSoonAt", "9999-12-31T00:00:00Z"));
        beans.put("confirmAccessDelegate", writes("access", "confirmed"));
        beans.put("confirmRemovalDelegate", writes("removal", "confirmed"));
    }

    private static JavaDelegate writes(String... namesAndValues) {
        return (DelegateExecution execution) -> {
            for (int place = 0; place < namesAndValues.length; place += 2) {
                execution.setVariable(namesAndValues[place], namesAndValues[place + 1]);
            }
            if (!execution.hasVariable("approvalTimeout")) {
                execution.setVariable("approvalTimeout", null);
            }
        };
    }

    private static String text(String diagram) throws IOException {
        try (InputStream file = BareEngine.class.getResourceAsStream("/processes/" + diagram)) {
            if (file == null) {
                throw new IOException("There is no processes/" + diagram + " on the classpath; compile first.");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
