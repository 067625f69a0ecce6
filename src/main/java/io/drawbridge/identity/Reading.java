package io.drawbridge.identity;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a transaction has read already: a list of a hundred requests reads the organisation once, not a hundred times, and
 * so does a step of one request, which asks for the same few rows again and again.
 *
 * <p>Holds nothing beyond the transaction. In one that may write it remembers only after {@link #remember}, and whoever
 * writes what may have been read says so by {@link #forget}: whoever decides, decides by what the tables say in the
 * transaction of the decision.
 *
 * <p>Beside that it keeps the rows that the transaction has locked or written ({@link #hold}): nobody else can change them
 * before it ends, so they need not be read again.
 */
public final class Reading {
    private static final Object RESOURCE = new Object();

    private Reading() {}

    /** Whether the caller is inside a read-only transaction, so that reading more than asked for may pay. */
    public static boolean isUnderWay() {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    }

    /** From here to its end the transaction of the caller remembers what it reads, though it may write; outside of one, nothing. */
    public static void remember() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            memory().remembers = true;
        }
    }

    /** Somebody has written in this transaction what may have been read before: it is read anew. What is held stays. */
    public static void forget() {
        Memory memory = bound();
        if (memory != null) {
            memory.read.clear();
        }
    }

    /**
     * What was read under that key before in the same transaction, if it remembers; read now if it was not.
     *
     * @param key names what is read, whole: two reads with equal keys have to be the same read
     */
    @SuppressWarnings("unchecked") // Whoever chose the key chose the type.
    public static <T> T once(Object key, Supplier<T> read) {
        Memory bound = bound();
        if (!isUnderWay() && (bound == null || !bound.remembers)) {
            return read.get();
        }
        Memory memory = memory();
        @Nullable Object known = memory.read.get(key);
        if (known == null) {
            // NB. Not computeIfAbsent: what is read may read under other keys.
            known = read.get();
            memory.read.put(key, known);
        }
        return (T) known;
    }

    /** This was read by the way: {@link #once} knows it by that key, if the transaction remembers what it reads. */
    public static void met(Object key, Object value) {
        Memory bound = bound();
        if (isUnderWay() || (bound != null && bound.remembers)) {
            memory().read.putIfAbsent(key, value);
        }
    }

    /**
     * The transaction has locked or written this row, and reads it here from now on; outside of one, nothing.
     *
     * @param row the row as it stands in the table, unchangeable
     */
    public static void hold(Object key, Object row) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            memory().held.put(key, row);
        }
    }

    /** The row that this transaction holds under that key. */
    @SuppressWarnings("unchecked") // Whoever chose the key chose the type.
    public static <T> Optional<T> held(Object key) {
        Memory memory = bound();
        return memory == null ? Optional.empty() : Optional.ofNullable((T) memory.held.get(key));
    }

    /** The row is gone. */
    public static void release(Object key) {
        Memory memory = bound();
        if (memory != null) {
            memory.held.remove(key);
        }
    }

    private static @Nullable Memory bound() {
        return (Memory) TransactionSynchronizationManager.getResource(RESOURCE);
    }

    private static Memory memory() {
        Memory bound = bound();
        if (bound != null) {
            return bound;
        }
        Memory memory = new Memory();
        TransactionSynchronizationManager.bindResource(RESOURCE, memory);
        TransactionSynchronizationManager.registerSynchronization(memory);
        return memory;
    }

    /** Steps aside while another transaction runs inside this one, and is gone for good when this one ends. */
    private static final class Memory implements TransactionSynchronization {
        private final Map<Object, Object> read = new HashMap<>();
        private final Map<Object, Object> held = new HashMap<>();
        private boolean remembers;

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
        }

        @Override
        public void resume() {
            // NB. Not what is held: the transaction inside cannot have changed it, it would still be waiting for the
            // lock.
            read.clear();
            TransactionSynchronizationManager.bindResource(RESOURCE, this);
        }

        /** What was written since the savepoint is not in the tables any more. */
        @Override
        public void savepointRollback(Object savepoint) {
            read.clear();
            held.clear();
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
        }
    }
}
