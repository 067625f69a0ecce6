package io.drawbridge.operations;

import io.drawbridge.identity.TenantId;
import io.drawbridge.request.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What goes on in the engine, in keys and names of diagrams; implemented by the engine's floor. */
public interface EngineRoom {
    /** Whether this node takes jobs, revocations as well as all others; asks no database. */
    boolean takesJobs();

    /** The job executor of this node, and who holds jobs now. */
    Executor executor();

    /** Jobs whose time has come and that are not stuck, those included that are being executed, by tenant and process. */
    List<Due> due(Instant now);

    /** How many incidents there are, by tenant and process. */
    List<Stuck> stuck();

    /** Open incidents of these tenants, newest first; each stuck job once, not again in the processes that called it. */
    List<Trouble> troubles(Set<TenantId> tenants, int limit);

    /** Everything that the engine remembers of a request: its process and those that it called; empty if nothing. */
    List<Passage> history(RequestId request);

    /**
     * A node's job executor.
     *
     * @param active whether it takes jobs
     * @param name under which this node locks jobs
     * @param threads how many jobs it executes at once at most
     * @param holders names of all nodes that hold a lock on a job now
     * @param longestLock after how long another node takes over the jobs of one that was killed
     */
    record Executor(boolean active, String name, int threads, List<String> holders, Duration longestLock) {
        public Executor {
            holders = List.copyOf(holders);
        }
    }

    /** Jobs that are due; {@code since}: when the oldest of them was. */
    record Due(TenantId tenant, String process, long number, Instant since) {}

    record Stuck(TenantId tenant, String process, long number) {}

    /**
     * One stuck job.
     *
     * @param instance id of the process instance, as Cockpit knows it
     * @param key business key of the instance; a request's id, but for the removal of drift
     * @param step id of the element at which it is stuck
     * @param message what happened, and what to do
     */
    record Trouble(
            TenantId tenant,
            String process,
            String instance,
            @Nullable String key,
            String step,
            String message,
            Instant since) {}

    /**
     * The way of one process instance.
     *
     * @param process name of its diagram
     * @param version which of its deployed versions, from 1
     * @param ended null while it runs
     * @param deleted whether somebody removed it before its end
     */
    record Passage(
            String process,
            int version,
            String instance,
            Instant started,
            @Nullable Instant ended,
            boolean deleted,
            List<Step> steps,
            List<Failure> failures,
            List<PastIncident> incidents) {
        public Passage {
            steps = List.copyOf(steps);
            failures = List.copyOf(failures);
            incidents = List.copyOf(incidents);
        }
    }

    /**
     * One element that was entered.
     *
     * @param id of the element
     * @param name as it stands in the diagram; null if it has none there
     * @param left null while it is there
     * @param broken whether something else cut it short
     */
    record Step(
            String id, @Nullable String name, String kind, Instant entered, @Nullable Instant left, boolean broken) {}

    /** A try of a job that failed. */
    record Failure(Instant at, String step, int retriesLeft, String message) {}

    /** An incident; {@code resolved} is null while it is open. */
    record PastIncident(String step, String message, Instant since, @Nullable Instant resolved) {}
}
