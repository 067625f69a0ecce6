package io.drawbridge.notification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A program of a tenant's that is told by webhook, and answers as a test wants. */
final class Receiver implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final CountDownLatch closing = new CountDownLatch(1);

    final List<Received> received = new CopyOnWriteArrayList<>();
    final Map<String, String> answerHeaders = new ConcurrentHashMap<>();
    volatile int status = 204;
    volatile boolean hangs;

    Receiver() {
        this(0);
    }

    Receiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** One call. */
    record Received(String path, Map<String, List<String>> headers, String body) {
        @Nullable
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst()
                    .orElse(null);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String host) {
        return "http://" + host + ":" + port() + "/hook?key=abc";
    }

    private void answer(HttpExchange call) throws IOException {
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(new Received(call.getRequestURI().toString(), Map.copyOf(call.getRequestHeaders()), body));
        if (hangs) {
            try {
                closing.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        answerHeaders.forEach((name, value) -> call.getResponseHeaders().set(name, value));
        call.sendResponseHeaders(status, -1);
        call.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
