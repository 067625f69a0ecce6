package io.drawbridge.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.stage.Stage;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.el.StartProcessVariableScope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@SuppressWarnings("NullAway.Init")
class ClosedExpressionsTest extends Stage {
    @Autowired
    private ProcessEngine engine;

    @ParameterizedTest
    @DisplayName("R72 an expression calls nothing and reaches into nothing")
    @ValueSource(
            strings = {
                "${''.getClass()}",
                "${''.class.name}",
                "${''.getClass().forName('java.lang.Runtime')}",
                "${openGrantDelegate.toString()}",
                "${openGrantDelegate.class}",
                "${dataSource}"
            })
    void callsNothing(String expression) {
        assertThatThrownBy(() -> evaluated(expression)).isInstanceOf(ProcessEngineException.class);
    }

    @Test
    @DisplayName("R72 an expression names a delegate, compares, and asks for the current user as Tasklist's filters do")
    void doesWhatDiagramsAndFiltersNeed() {
        assertThat(evaluated("${openGrantDelegate}")).isInstanceOf(OpenGrantDelegate.class);
        assertThat(evaluated("${'a' == 'a'}")).isEqualTo(true);
        assertThat(evaluated("${currentUser()}")).isNull();
    }

    private @Nullable Object evaluated(String expression) {
        ProcessEngineConfigurationImpl configuration =
                (ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration();
        return configuration.getCommandExecutorTxRequired().execute(context -> configuration
                .getExpressionManager()
                .createExpression(expression)
                .getValue(StartProcessVariableScope.getSharedInstance()));
    }
}
