package io.drawbridge.cluster;

import io.drawbridge.stage.DrawbridgeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What one node holds at a moment.
 *
 * @param heap what is left in it after a full collection, in MiB
 * @param files that are open, its connections among them
 * @param connections of its pool, which has more of them while there is more to do
 * @param serverSide its connections, as PostgreSQL counts them
 */
record Vitals(double heap, int threads, int files, int connections, int serverSide) {
    /** What a heap may grow by, for caches that fill up. */
    private static final double MORE_HEAP = 15;

    private static final int MORE_THREADS = 12;
    private static final int MORE_FILES = 20;

    static Vitals of(Cluster cluster, DrawbridgeProcess node) {
        collect(node.pid());
        return new Vitals(
                meter(node, "jvm.memory.used?tag=area:heap") / (1024 * 1024),
                (int) meter(node, "jvm.threads.live"),
                files(node.pid()),
                (int) meter(node, "hikaricp.connections"),
                cluster.database()
                        .sql("select count(*) from pg_stat_activity where application_name = ?")
                        .param(node.name())
                        .query(Integer.class)
                        .single());
    }

    /** Whether nothing has grown that should not. */
    boolean isFlatSince(Vitals before) {
        return heap <= before.heap * 1.15 + MORE_HEAP
                && threads <= before.threads + MORE_THREADS
                && files - connections <= before.files - before.connections + MORE_FILES
                && serverSide <= connections;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap %.1f MiB, %d threads, %d files, %d connections (%d at the server)",
                heap,
                threads,
                files,
                connections,
                serverSide);
    }

    private static void collect(long pid) {
        try {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            for (int turn = 0; turn < 2; turn++) {
                int code = new ProcessBuilder(jcmd, String.valueOf(pid), "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new IllegalStateException("The heap of process " + pid + " cannot be collected.");
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Whether nobody holds a connection, with nothing to do; what looks into the tables now and then has to be done. */
    static boolean holdsNoConnection(DrawbridgeProcess node) {
        return meter(node, "hikaricp.connections.active") == 0;
    }

    private static double meter(DrawbridgeProcess node, String name) {
        var value = DrawbridgeProcess.json(node.send("oscar", "GET", "/actuator/metrics/" + name, null))
                .at("/measurements/0/value");
        if (value.isMissingNode()) {
            throw new IllegalStateException("\"" + node.name() + "\" does not tell its figure " + name + ".");
        }
        return value.asDouble();
    }

    private static int files(long pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return (int) open.count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
