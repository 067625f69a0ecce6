package io.drawbridge.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.drawbridge.identity.AuditChain.Finding;
import io.drawbridge.identity.AuditChain.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file of signed heads, one a line; only ever appended to. Each line names the hash of the line before it.
 *
 * <p>Several nodes may share one file: it is locked for as long as a line is added.
 */
final class HeadFile {
    /** Longer than any head. */
    private static final int TAIL = 4096;

    /** NB. A file lock is held by the whole machine, so that two threads of one would refuse each other. */
    private static final Object ONE_AT_A_TIME = new Object();

    private final Path file;

    HeadFile(Path file) {
        this.file = file;
    }

    /** What heads say of one chain, and what is wrong with them. */
    record Read(NavigableMap<Long, Head> heads, List<Finding> findings) {}

    /**
     * Adds heads, each made after the line that it follows; when this returns they are on the disk.
     *
     * @param heads from the hash of the line before to the head
     */
    void append(List<Function<String, Head>> heads) throws IOException {
        synchronized (ONE_AT_A_TIME) {
            try (FileChannel channel = FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                String previous = lastLine(channel);
                StringBuilder added = new StringBuilder();
                if (!previous.isEmpty() && !endsLine(channel)) {
                    // A write was cut short. What is there stays, and is found as what it is.
                    added.append('\n');
                }
                String before = previous.isEmpty() ? Link.START : hash(previous);
                for (Function<String, Head> make : heads) {
                    String line = LineForm.of(make.apply(before));
                    added.append(line).append('\n');
                    before = hash(line);
                }
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(added.toString());
                channel.position(channel.size());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        }
    }

    private static boolean endsLine(FileChannel channel) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0) == '\n';
    }

    private static String lastLine(FileChannel channel) throws IOException {
        int length = (int) Math.min(TAIL, channel.size());
        ByteBuffer tail = ByteBuffer.allocate(length);
        long from = channel.size() - length;
        while (tail.hasRemaining() && channel.read(tail, from + tail.position()) >= 0) {
            // Reads on until the tail is there.
        }
        String text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8).stripTrailing();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    static String hash(String line) {
        return Canonical.sha256(line.getBytes(StandardCharsets.UTF_8));
    }

    /** The last position of each chain that a head of this file names; nothing is checked. */
    Map<String, Long> lastPositions() throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return lines.lines()
                    .filter(line -> LineForm.type(line).equals(Head.TYPE))
                    .flatMap(line -> {
                        try {
                            return java.util.stream.Stream.of(LineForm.head(line));
                        } catch (JsonProcessingException unreadable) {
                            return java.util.stream.Stream.of();
                        }
                    })
                    .collect(Collectors.toMap(Head::chain, Head::position, Math::max));
        }
    }

    /** The heads of the chain that the file holds, and what is wrong with any of them. */
    Read read(Predicate<Head> wanted, Collection<VerifyingKey> keys) throws IOException {
        NavigableMap<Long, Head> heads = new TreeMap<>();
        List<Finding> findings = new ArrayList<>();
        if (!Files.exists(file)) {
            return new Read(heads, findings);
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line;
            int number = 0;
            @Nullable String before = Link.START;
            while ((line = lines.readLine()) != null) {
                number++;
                Head head = signed(line, keys);
                String where = "Line " + number + " of \"" + file.getFileName() + "\"";
                if (head == null) {
                    findings.add(new Finding(
                            Kind.HEAD_CHANGED,
                            null,
                            null,
                            where + " is no head that one of the given keys has signed."));
                    // What the next line follows is not known any more.
                    before = null;
                    continue;
                }
                if (before != null && !head.previous().equals(before)) {
                    findings.add(
                            new Finding(
                                    Kind.HEAD_DROPPED,
                                    null,
                                    null,
                                    where
                                            + " does not follow the line before it: one or more heads are gone, or stand elsewhere."));
                }
                before = hash(line);
                if (wanted.test(head)) {
                    // NB. The first that was signed for a place counts: whoever has the chain written anew gets later
                    // ones.
                    heads.putIfAbsent(head.position(), head);
                }
            }
        }
        return new Read(heads, findings);
    }

    /** The head of the line, if one of the keys has signed it. */
    static @Nullable Head signed(String line, Collection<VerifyingKey> keys) {
        try {
            Head head = LineForm.head(line);
            var at = head.signedInstant();
            boolean ours = head.type().equals(Head.TYPE)
                    && head.position() >= 0
                    && at != null
                    && keys.stream().anyMatch(key -> key.id().equals(head.key()) && key.signed(head));
            return ours ? head : null;
        } catch (JsonProcessingException | DateTimeException unreadable) {
            return null;
        }
    }
}
