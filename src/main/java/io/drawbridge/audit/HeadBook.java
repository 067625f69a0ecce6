package io.drawbridge.audit;

import io.drawbridge.identity.AuditChain.Finding;
import io.drawbridge.identity.AuditChain.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs the ends of chains, and keeps the signed heads in a directory outside of the database. */
final class HeadBook {
    private static final Logger LOG = LoggerFactory.getLogger(HeadBook.class);

    static final String HEADS = "heads.jsonl";
    private static final String OWN_KEY = "signing-key.pem";
    private static final String PUBLIC_KEY = "public-key.pem";
    private static final Object ONE_AT_A_TIME = new Object();

    private final @Nullable Path directory;
    private final @Nullable SigningKey key;
    private final Map<String, VerifyingKey> keys = new LinkedHashMap<>();
    private final boolean keyIsGiven;
    private final Clock clock;
    private final Map<String, Long> lastSigned = new HashMap<>();

    /** By chain; read by others while it is being written. */
    private final Map<String, Unwritten> unwritten = new ConcurrentHashMap<>();

    private HeadBook(
            @Nullable Path directory,
            @Nullable SigningKey key,
            List<VerifyingKey> trusted,
            boolean keyIsGiven,
            Clock clock) {
        this.directory = directory;
        this.key = key;
        this.keyIsGiven = keyIsGiven;
        this.clock = clock;
        if (key != null) {
            keys.put(key.verifying().id(), key.verifying());
        }
        trusted.forEach(one -> keys.put(one.id(), one));
    }

    /** The end of a chain. */
    record End(String tenant, String chain, long position, String hash) {}

    /** A chain whose end is to be written down and is not; {@code since}: when that was first tried. */
    record Unwritten(String tenant, Instant since) {}

    /**
     * Opens the directory, and makes it and a key in it if they are not there.
     *
     * @param directory null: nothing is signed, which is logged
     * @param signingKey null: the key in the directory, made on the first start
     * @throws IllegalArgumentException if a key cannot be read
     */
    static HeadBook open(@Nullable Path directory, @Nullable Path signingKey, List<Path> trustedKeys, Clock clock) {
        List<VerifyingKey> trusted =
                trustedKeys.stream().map(VerifyingKey::read).toList();
        if (directory == null) {
            LOG.warn("The audit chain is not signed: set drawbridge.audit.directory and drawbridge.audit.signing-key.");
            return new HeadBook(null, null, trusted, false, clock);
        }
        try {
            Files.createDirectories(directory);
            SigningKey key = signingKey == null ? ownKey(directory) : SigningKey.read(signingKey);
            HeadBook book = new HeadBook(directory, key, trusted, signingKey != null, clock);
            book.lastSigned.putAll(new HeadFile(directory.resolve(HEADS)).lastPositions());
            Files.writeString(directory.resolve(PUBLIC_KEY), key.verifying().pem());
            return book;
        } catch (IOException unusable) {
            throw new UncheckedIOException(
                    "drawbridge.audit.directory: \"" + directory + "\" cannot be used; expected a directory that"
                            + " Drawbridge may write to.",
                    unusable);
        }
    }

    /** Nodes that start at once on one directory make one key. */
    private static SigningKey ownKey(Path directory) throws IOException {
        synchronized (ONE_AT_A_TIME) {
            try (FileChannel channel = FileChannel.open(
                            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                Path file = directory.resolve(OWN_KEY);
                return Files.exists(file) ? SigningKey.read(file) : SigningKey.make(file);
            }
        }
    }

    boolean signs() {
        return key != null;
    }

    /**
     * Signs the ends that have grown since this book last signed them, and writes them down.
     *
     * @return how many were signed
     */
    synchronized int sign(List<End> ends) throws IOException {
        List<Function<String, Head>> heads = new ArrayList<>();
        List<End> grown = ends.stream()
                .filter(end -> end.position() > lastSigned.getOrDefault(end.chain(), 0L))
                .toList();
        if (directory == null || grown.isEmpty()) {
            return 0;
        }
        // NB. Before it is tried: a directory that hangs is seen as well as one that refuses.
        Instant now = clock.instant();
        grown.forEach(end -> unwritten.putIfAbsent(end.chain(), new Unwritten(end.tenant(), now)));
        grown.forEach(end -> heads.add(previous -> head(end, Head.INTERVAL, previous)));
        new HeadFile(directory.resolve(HEADS)).append(heads);
        grown.forEach(end -> {
            lastSigned.put(end.chain(), end.position());
            unwritten.remove(end.chain());
        });
        return heads.size();
    }

    /** Chains whose end this book could not write down yet; never waits for a write. */
    List<Unwritten> unwritten() {
        return List.copyOf(unwritten.values());
    }

    /** The head that closes an export; null if nothing is signed here. */
    @Nullable
    Head closing(End end) {
        return key == null ? null : head(end, Head.EXPORT, Link.START);
    }

    private Head head(End end, String kind, String previous) {
        SigningKey with = key;
        if (with == null) {
            throw new IllegalStateException("Nothing is signed here.");
        }
        return with.sign(new Head(
                Head.TYPE,
                end.chain(),
                end.tenant(),
                end.position(),
                end.hash(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
                kind,
                with.verifying().id(),
                previous,
                ""));
    }

    /** The heads of a chain that were written down, by all nodes that share the directory, and what is wrong with them. */
    HeadFile.Read read(String tenant, String chain) {
        NavigableMap<Long, Head> heads = new TreeMap<>();
        List<Finding> findings = new ArrayList<>();
        if (directory != null) {
            List<Head> others = new ArrayList<>();
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(
                                each -> each.getFileName().toString().endsWith(".jsonl"))
                        .sorted()
                        .toList()) {
                    HeadFile.Read read = new HeadFile(file)
                            .read(
                                    head -> {
                                        if (!head.tenant().equals(tenant)) {
                                            return false;
                                        }
                                        if (!head.chain().equals(chain) && others.isEmpty()) {
                                            others.add(head);
                                        }
                                        return head.chain().equals(chain);
                                    },
                                    keys.values());
                    read.heads().forEach(heads::putIfAbsent);
                    findings.addAll(read.findings());
                }
            } catch (IOException unreadable) {
                throw new UncheckedIOException("The signed heads in \"" + directory + "\" cannot be read.", unreadable);
            }
            // A demo is begun anew over and over beside the same directory; where a key was given, that is no demo.
            if (keyIsGiven && !others.isEmpty()) {
                findings.add(new Finding(
                        Kind.REWRITTEN,
                        null,
                        null,
                        "A head of " + others.get(0).signedAt() + " was signed for another chain of this tenant, \""
                                + others.get(0).chain() + "\", which is not in the database."));
            }
        }
        return new HeadFile.Read(heads, findings);
    }
}
