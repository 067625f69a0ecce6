package io.drawbridge.workflow;

import java.util.AbstractMap;
import java.util.HashSet;
import java.util.Set;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/** What expressions in diagrams can see: our delegates and listeners by name, and no other bean. */
final class DelegateBeans extends AbstractMap<Object, Object> {
    private final ListableBeanFactory beans;
    private @Nullable Set<String> names;

    DelegateBeans(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return name instanceof String text && names().contains(text);
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        return name instanceof String text && names().contains(text) ? beans.getBean(text) : null;
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        Set<Entry<Object, Object>> entries = new HashSet<>();
        names().forEach(name -> entries.add(new SimpleImmutableEntry<>(name, beans.getBean(name))));
        return entries;
    }

    private synchronized Set<String> names() {
        Set<String> known = names;
        if (known == null) {
            known = new HashSet<>();
            known.addAll(Set.of(beans.getBeanNamesForType(JavaDelegate.class, false, false)));
            known.addAll(Set.of(beans.getBeanNamesForType(TaskListener.class, false, false)));
            names = known;
        }
        return known;
    }
}
