package io.drawbridge.keycloak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A real Keycloak as Maven brings it, in a process of its own, with the realms of {@code compose/keycloak}. */
public final class Keycloak implements AutoCloseable {
    private static final Path REALMS = Path.of("compose", "keycloak");
    private static final Path HOUSE = Path.of("target", "keycloak");
    private static final Path LOG = HOUSE.resolve("keycloak.log");
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    private final Process process;

    private Keycloak(Process process) {
        this.process = process;
    }

    /**
     * Starts it; it is not ready yet.
     *
     * @param zip the distribution, {@code keycloak-quarkus-dist-….zip}
     * @param environment what it is told, as a container would be
     * @param edit what is changed in each realm, such as the ports of its clients
     */
    public static Keycloak start(Path zip, Map<String, String> environment, UnaryOperator<String> edit)
            throws IOException {
        Path home = unpacked(zip);
        Path imports = Files.createDirectories(home.resolve("data").resolve("import"));
        try (Stream<Path> realms = Files.list(REALMS)) {
            for (Path realm : realms.toList()) {
                Files.writeString(imports.resolve(realm.getFileName()), edit.apply(Files.readString(realm)));
            }
        }
        // A realm that is there already would not be read again.
        deleteIfThere(home.resolve("data").resolve("h2"));
        ProcessBuilder keycloak = new ProcessBuilder(
                List.of(home.resolve("bin").resolve("kc.sh").toString(), "start-dev", "--import-realm"));
        keycloak.environment().putAll(environment);
        keycloak.redirectErrorStream(true).redirectOutput(LOG.toFile());
        System.out.println("Keycloak starts; its log is " + LOG);
        return new Keycloak(keycloak.start());
    }

    /**
     * Waits until the issuer tells its metadata.
     *
     * @param issuer one of its realms, by {@code http}
     * @throws IllegalStateException if it does not within 6 minutes; a first start builds it anew and takes that long on a busy
     *     machine
     */
    public void await(URI issuer) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                HttpRequest metadata = HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration"))
                        .timeout(Duration.ofSeconds(60))
                        .build();
                if (HttpClient.newHttpClient()
                                .send(metadata, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    System.out.println("Keycloak answers at " + issuer);
                    return;
                }
            } catch (IOException notYet) {
                // It is still starting.
            }
            Thread.sleep(1000);
        }
        throw new IllegalStateException("Keycloak did not start within " + PATIENCE + "; see " + LOG + ".");
    }

    /** Ends it and what it has started. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    private static Path unpacked(Path zip) throws IOException {
        Path home = HOUSE.resolve(
                String.valueOf(zip.getFileName()).replace("-quarkus-dist", "").replace(".zip", ""));
        if (Files.isDirectory(home)) {
            return home;
        }
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path target = HOUSE.resolve(entry.getName()).normalize();
                if (!target.startsWith(HOUSE)) {
                    throw new IOException("\"" + entry.getName() + "\" leads out of the archive.");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(entries, target);
                }
            }
        }
        if (!home.resolve("bin").resolve("kc.sh").toFile().setExecutable(true)) {
            throw new IOException("kc.sh cannot be made executable.");
        }
        return home;
    }

    private static void deleteIfThere(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
