package io.drawbridge.identity;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The chain that the records of the audit trail are sealed into, one for each tenant.
 *
 * <p>A record is sealed within a second after its transaction; what happens to it in the database afterwards is found.
 */
public interface AuditChain {

    /** Reads the whole chain of a tenant and says whether it is whole; takes seconds for each million of records. */
    Verification verify(TenantId tenant);

    /**
     * Hands on the whole chain of a tenant as lines of JSON, oldest record first, with what an offline verifier needs: the
     * records that are not sealed yet and the head that closes the file come last.
     *
     * @throws IOException if the sink throws it
     */
    void export(TenantId tenant, Lines lines) throws IOException;

    /** How long the oldest record that is not sealed has been waiting; empty if none is. More than seconds is an alarm. */
    Optional<Duration> oldestUnsealed();

    /** Takes one line after another. */
    @FunctionalInterface
    interface Lines {
        /** Takes a line without its end. */
        void take(String line) throws IOException;
    }

    /** What is wrong with a chain. */
    enum Kind {
        /** A record, or what it was sealed with, is not what was sealed. */
        CHANGED,
        /** A record is gone. */
        DROPPED,
        /** Two records stand in each other's place. */
        SWAPPED,
        /** A record is there that was never sealed in its place. */
        INSERTED,
        /** The chain ends before the place that was signed. */
        CUT_OFF,
        /** The chain is whole in itself, and another one than the one that was signed. */
        REWRITTEN,
        /** A head was changed, or was never signed by us. */
        HEAD_CHANGED,
        /** A head is gone. */
        HEAD_DROPPED
    }

    /**
     * One thing that is wrong.
     *
     * @param position of the record in the chain, from 1; null if it is not about a place in the chain
     * @param number of the record, null if it is not known
     * @param message names the thing and what is wrong with it
     */
    record Finding(Kind kind, @Nullable Long position, @Nullable Long number, String message) {}

    /** A place in a chain that was signed, and when. */
    record Signed(long position, Instant at) {}

    /**
     * What a verification has found.
     *
     * @param sealed records that were read in the order of the chain, up to the first finding
     * @param hash of the last of them; 64 zeros if there is none
     * @param signed the last place up to which the chain is known to be what was signed; null if no head says so
     * @param unsealed records that wait for their seal
     * @param oldestUnsealed when the oldest of these was recorded, null if there is none
     * @param findings the first thing that is wrong with the records, and what is wrong with the heads; empty if it is whole
     */
    record Verification(
            long sealed,
            String hash,
            @Nullable Signed signed,
            long unsealed,
            @Nullable Instant oldestUnsealed,
            List<Finding> findings) {
        public Verification {
            findings = List.copyOf(findings);
        }

        public boolean whole() {
            return findings.isEmpty();
        }
    }
}
