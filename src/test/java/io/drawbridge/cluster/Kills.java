package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Kills the node that holds the most revocations at a moment, and starts it again. */
final class Kills {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Cluster cluster;
    private final List<Instant> moments = new ArrayList<>();
    private int held;

    Kills(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Returns when the node takes requests again. */
    void killAndRestart() {
        DrawbridgeProcess node = killHolder();
        node.launch();
        node.awaitReady();
    }

    /** Waits until a node is in the middle of a revocation, and kills it there. */
    DrawbridgeProcess killHolder() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Map.Entry<String, Integer> most = cluster.holders().entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElse(null);
            if (most != null) {
                DrawbridgeProcess node = cluster.node(most.getKey());
                node.kill();
                moments.add(Instant.now());
                // By then it may have finished some of what it was seen to hold; what it still holds stays locked.
                held += cluster.holders().getOrDefault(most.getKey(), 0);
                return node;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        throw new IllegalStateException("No node held a revocation within " + PATIENCE + ".");
    }

    /** When a node was killed, each time. */
    List<Instant> moments() {
        return moments;
    }

    /** How many revocations were locked by a node that was dead, over all kills. */
    int held() {
        return held;
    }
}
