package io.drawbridge.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * An AWS that we did not write: moto's server, a process of its own on a free port of this machine, one for all tests of a
 * build.
 *
 * <p>Install it by {@code pip install 'moto[server]==5.2.1'}. Where it is missing its tests are aborted and say so; where
 * the environment says {@code CI=true} they fail.
 */
public final class Moto {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static @Nullable Moto running;

    private final URI endpoint;
    private final Process process;

    private Moto(URI endpoint, Process process) {
        this.endpoint = endpoint;
        this.process = process;
    }

    /** The server, started if it is not yet running; its state is whatever the last test left, see {@link #reset}. */
    public static synchronized Moto server() {
        Moto moto = running;
        if (moto == null) {
            moto = start();
            running = moto;
        }
        return moto;
    }

    /** A server of its own, for an application that goes on working while other tests run; to be stopped. */
    public static Moto another() {
        return start();
    }

    public void stop() {
        process.destroyForcibly();
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Keys that moto takes; it takes any. */
    public static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing"));
    }

    /** Forgets everything; ids of instances and stores are others afterwards. */
    public Moto reset() {
        HttpRequest reset = HttpRequest.newBuilder(endpoint.resolve("/moto-api/reset"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(send(reset)).isEqualTo(200);
        return this;
    }

    private static Moto start() {
        try {
            int port = freePort();
            ProcessBuilder command = new ProcessBuilder("moto_server", "-H", "127.0.0.1", "-p", String.valueOf(port));
            command.redirectErrorStream(true);
            command.redirectOutput(ProcessBuilder.Redirect.appendTo(new File("target/moto.log")));
            Process process = command.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Moto moto = new Moto(URI.create("http://127.0.0.1:" + port), process);
            moto.awaitReady();
            return moto;
        } catch (IOException missing) {
            String how = "moto_server is not on the PATH; install it: pip install 'moto[server]==5.2.1'.";
            if ("true".equals(System.getenv("CI"))) {
                return fail(how);
            }
            return abort(how);
        }
    }

    private void awaitReady() {
        HttpRequest look = HttpRequest.newBuilder(endpoint.resolve("/moto-api/data.json"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            assertThat(process.isAlive())
                    .as("moto_server runs; target/moto.log says why not")
                    .isTrue();
            try {
                if (HTTP.send(look, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
        fail("moto_server was not ready within " + PATIENCE + "; see target/moto.log.");
    }

    private static int send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
