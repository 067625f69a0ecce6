package io.drawbridge.identity;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a read-only transaction has read already: a list of a hundred requests reads the organisation once, not a hundred
 * times.
 *
 * <p>Holds nothing beyond the transaction, and nothing at all in one that may write: whoever decides, decides by what the
 * tables say at that moment.
 */
public final class Reading {
    private static final Object RESOURCE = new Object();

    private Reading() {}

    /** Whether the caller is inside a read-only transaction, so that reading more than asked for may pay. */
    public static boolean isUnderWay() {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    }

    /**
     * What was read under that key before in the same read-only transaction; read now if it was not, or outside of one.
     *
     * @param key names what is read, whole: two reads with equal keys have to be the same read
     */
    @SuppressWarnings("unchecked") // Whoever chose the key chose the type.
    public static <T> T once(Object key, Supplier<T> read) {
        if (!isUnderWay()) {
            return read.get();
        }
        Map<Object, Object> memory = memory();
        @Nullable Object known = memory.get(key);
        if (known == null) {
            // NB. Not computeIfAbsent: what is read may read under other keys.
            known = read.get();
            memory.put(key, known);
        }
        return (T) known;
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> memory() {
        Object bound = TransactionSynchronizationManager.getResource(RESOURCE);
        if (bound == null) {
            Map<Object, Object> memory = new HashMap<>();
            TransactionSynchronizationManager.bindResource(RESOURCE, memory);
            TransactionSynchronizationManager.registerSynchronization(new Forgetting(memory));
            return memory;
        }
        return (Map<Object, Object>) bound;
    }

    /** Takes the memory away while another transaction runs inside this one, and for good when this one ends. */
    private record Forgetting(Map<Object, Object> memory) implements TransactionSynchronization {
        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
        }

        @Override
        public void resume() {
            // NB. Empty: the transaction inside may have changed what was read.
            memory.clear();
            TransactionSynchronizationManager.bindResource(RESOURCE, memory);
        }

        @Override
        public void afterCompletion(int status) {
            @Nullable Object forgotten = TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
            assert forgotten == null || forgotten == memory;
        }
    }
}
