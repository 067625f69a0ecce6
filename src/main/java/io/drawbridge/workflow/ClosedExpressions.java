package io.drawbridge.workflow;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.engine.impl.el.ReadOnlyMapELResolver;
import org.camunda.bpm.engine.impl.el.VariableContextElResolver;
import org.camunda.bpm.engine.impl.el.VariableScopeElResolver;
import org.camunda.bpm.impl.juel.jakarta.el.BeanELResolver;
import org.camunda.bpm.impl.juel.jakarta.el.CompositeELResolver;
import org.camunda.bpm.impl.juel.jakarta.el.ELContext;
import org.camunda.bpm.impl.juel.jakarta.el.ELException;
import org.camunda.bpm.impl.juel.jakarta.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * Expressions that read a variable, name one of our delegates, or take the business key; and nothing else.
 *
 * <p>The engine's own expressions call any method on any object, and a way to hand one in is a way to run code: its task
 * queries evaluate expressions that come with them (7.24, {@code orQueries}).
 */
final class ClosedExpressions extends JuelExpressionManager {
    private final Map<Object, Object> delegates;

    ClosedExpressions(Map<Object, Object> delegates) {
        super(delegates);
        this.delegates = delegates;
    }

    @Override
    protected ELResolver createElResolver() {
        CompositeELResolver resolvers = new CompositeELResolver();
        resolvers.add(new VariableScopeElResolver());
        resolvers.add(new VariableContextElResolver());
        resolvers.add(new ReadOnlyMapELResolver(delegates));
        resolvers.add(new BusinessKeyOnly());
        return resolvers;
    }

    /** Reads the business key of an execution; reaches into no other object and calls nothing. */
    private static final class BusinessKeyOnly extends BeanELResolver {
        private static final String BUSINESS_KEY = "processBusinessKey";

        private BusinessKeyOnly() {
            super(true);
        }

        @Override
        public @Nullable Object getValue(ELContext context, @Nullable Object base, @Nullable Object property) {
            if (base == null) {
                return null;
            }
            if (base instanceof DelegateExecution && BUSINESS_KEY.equals(property)) {
                return super.getValue(context, base, property);
            }
            throw new ELException("An expression may not read \"" + property + "\" of an object.");
        }

        @Override
        public @Nullable Object invoke(
                ELContext context,
                @Nullable Object base,
                @Nullable Object method,
                Class<?> @Nullable [] types,
                Object @Nullable [] parameters) {
            throw new ELException("An expression may not call \"" + method + "\".");
        }
    }
}
