package io.drawbridge.crash;

import io.drawbridge.Drawbridge;
import io.drawbridge.stage.AwsHouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.pvm.process.TransitionImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Drawbridge in a process of its own that dies, without a word and without a commit, when the engine takes the flow that
 * a file names.
 */
public final class CrashingDrawbridge {
    /** System property with the file whose content is the id of the flow; no file, no death. */
    static final String KILL_FILE = "crash.kill-file";

    /** Prefix of the system properties that say what the house of AWS is furnished with. */
    static final String FURNITURE = "crash.furniture.";

    static final int KILLED = 137;

    private CrashingDrawbridge() {}

    public static void main(String[] args) {
        new SpringApplicationBuilder(Drawbridge.class, Crashes.class).run(args);
    }

    /** What makes it die, and what puts the accounts of moto into the demo's organisation. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(KILL_FILE)
    static class Crashes {
        @Bean
        AbstractProcessEnginePlugin killSwitch() {
            return new KillSwitch(Path.of(System.getProperty(KILL_FILE)));
        }

        @Bean
        FlywayMigrationStrategy furnished(DataSource dataSource) {
            return flyway -> {
                flyway.migrate();
                Map<String, String> furniture = new HashMap<>();
                System.getProperties().forEach((key, value) -> {
                    if (String.valueOf(key).startsWith(FURNITURE)) {
                        furniture.put(String.valueOf(key).substring(FURNITURE.length()), String.valueOf(value));
                    }
                });
                if (!furniture.isEmpty()) {
                    AwsHouse.furnish(JdbcClient.create(dataSource), furniture);
                }
            };
        }
    }

    private static final class KillSwitch extends AbstractProcessEnginePlugin {
        private final Path file;

        KillSwitch(Path file) {
            this.file = file;
        }

        @Override
        public void preInit(ProcessEngineConfigurationImpl engine) {
            List<BpmnParseListener> listeners = new ArrayList<>();
            if (engine.getCustomPostBPMNParseListeners() != null) {
                listeners.addAll(engine.getCustomPostBPMNParseListeners());
            }
            listeners.add(new AbstractBpmnParseListener() {
                @Override
                public void parseSequenceFlow(Element flow, ScopeImpl scope, TransitionImpl transition) {
                    transition.addListener(ExecutionListener.EVENTNAME_TAKE, (ExecutionListener) KillSwitch.this::take);
                }
            });
            engine.setCustomPostBPMNParseListeners(listeners);
        }

        private void take(DelegateExecution execution) {
            try {
                if (Files.exists(file) && Files.readString(file).strip().equals(execution.getCurrentTransitionId())) {
                    Runtime.getRuntime().halt(KILLED);
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
