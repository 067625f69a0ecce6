package io.drawbridge.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.drawbridge.identity.AuditChain.Finding;
import io.drawbridge.identity.AuditChain.Kind;
import io.drawbridge.identity.AuditChain.Signed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an export of the audit trail without Drawbridge, its database or its network: only the file, the signed heads
 * and the public key are read.
 */
public final class OfflineVerification {
    /** The first argument of the application that asks for it. */
    public static final String COMMAND = "verify-audit";

    /** The chain is whole. */
    static final int WHOLE = 0;
    /** Something is wrong with it. */
    static final int BROKEN = 1;
    /** The arguments, or a file that they name, cannot be used. */
    static final int UNUSABLE = 2;

    private static final String USAGE =
            "Usage: java -jar drawbridge.jar verify-audit EXPORT [--heads FILE]... --key PUBLIC-KEY [--key ...]";

    private final Path export;
    private final List<Path> heads = new ArrayList<>();
    private final List<VerifyingKey> keys = new ArrayList<>();
    private boolean opened;

    private OfflineVerification(Path export) {
        this.export = export;
    }

    /**
     * Verifies, and says what was found.
     *
     * @param arguments those after {@link #COMMAND}
     * @return the exit status: 0 if the chain is whole, 1 if not, 2 if the arguments cannot be used
     */
    public static int run(List<String> arguments, PrintStream out) {
        OfflineVerification verification;
        try {
            verification = read(arguments);
        } catch (IllegalArgumentException unusable) {
            out.println(unusable.getMessage());
            return UNUSABLE;
        }
        try {
            Result result = verification.verify();
            result.findings().forEach(finding -> out.println(finding.kind() + ": " + finding.message()));
            out.println(result.words());
            return result.findings().isEmpty() ? WHOLE : BROKEN;
        } catch (IOException | UncheckedIOException unreadable) {
            out.println("A file cannot be read: " + unreadable.getMessage());
            return UNUSABLE;
        }
    }

    private static OfflineVerification read(List<String> arguments) {
        if (arguments.isEmpty() || arguments.get(0).startsWith("--")) {
            throw new IllegalArgumentException(USAGE);
        }
        OfflineVerification verification = new OfflineVerification(existing(arguments.get(0)));
        for (int i = 1; i < arguments.size(); i += 2) {
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("\"" + arguments.get(i) + "\" lacks its file.\n" + USAGE);
            }
            Path file = existing(arguments.get(i + 1));
            switch (arguments.get(i)) {
                case "--heads" -> verification.heads.add(file);
                case "--key" -> verification.keys.add(VerifyingKey.read(file));
                default -> throw new IllegalArgumentException("\"" + arguments.get(i) + "\" is not known.\n" + USAGE);
            }
        }
        if (verification.keys.isEmpty()) {
            throw new IllegalArgumentException("No public key is given, so no head can be believed.\n" + USAGE);
        }
        return verification;
    }

    private static Path existing(String name) {
        Path file = Path.of(name);
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("The file \"" + name + "\" cannot be read.");
        }
        return file;
    }

    /** What was found. */
    record Result(long sealed, String hash, @Nullable Signed signed, long unsealed, List<Finding> findings) {
        String words() {
            return (findings.isEmpty() ? "WHOLE" : "BROKEN") + ": " + sealed + " sealed records are right, the last has"
                    + " the hash " + hash + ".\n"
                    + (signed == null
                            ? "No head signs any of them.\n"
                            : "Signed up to position " + signed.position() + " at " + signed.at() + ".\n")
                    + (unsealed == 0
                            ? "No record is unsealed."
                            : "UNSEALED: " + unsealed
                                    + " records at the end are not sealed; nothing is known of them.");
        }
    }

    private Result verify() throws IOException {
        Survey survey = new Survey();
        survey.look();
        List<Finding> findings = new ArrayList<>();
        NavigableMap<Long, Head> signed = new TreeMap<>();
        Head closing = survey.closing;
        for (Path file : heads) {
            HeadFile.Read read = new HeadFile(file)
                    .read(
                            head -> head.tenant().equals(survey.tenant)
                                    && (closing == null || head.chain().equals(closing.chain())),
                            keys);
            read.heads().forEach(signed::putIfAbsent);
            findings.addAll(read.findings());
        }
        if (closing != null) {
            signed.putIfAbsent(closing.position(), closing);
        }
        ChainCheck check = new ChainCheck(this::open, signed, closing == null ? null : closing.position());
        List<Finding> first = new ArrayList<>();
        try {
            check.first().ifPresent(first::add);
        } catch (UnreadableLine line) {
            first.add(new Finding(Kind.CHANGED, check.sealed() + 1, null, String.valueOf(line.getMessage())));
        }
        findings.addAll(0, first);
        survey.end(first.stream().anyMatch(finding -> finding.kind() == Kind.CUT_OFF))
                .forEach(findings::add);
        return new Result(check.sealed(), check.hash(), check.signed(), survey.unsealed, findings);
    }

    /** What stands at the end of the file, and behind what is sealed. */
    private final class Survey {
        @Nullable
        Head closing;

        @Nullable
        String closingLine;

        String tenant = "";
        long unsealed;
        private final List<Finding> odd = new ArrayList<>();

        void look() throws IOException {
            try (BufferedReader lines = Files.newBufferedReader(export)) {
                String line;
                long number = 0;
                boolean ended = false;
                boolean tail = false;
                while ((line = lines.readLine()) != null) {
                    number++;
                    if (ended) {
                        odd.add(new Finding(
                                Kind.INSERTED,
                                null,
                                null,
                                "Line " + number + " stands behind the head that closes the export."));
                        return;
                    }
                    String type = LineForm.type(line);
                    if (type.equals(Head.TYPE)) {
                        closingLine = line;
                        Head signed = HeadFile.signed(line, keys);
                        // NB. One of the file of heads would do for whoever cuts the export off where it was signed.
                        closing = signed != null && signed.kind().equals(Head.EXPORT) ? signed : null;
                        ended = true;
                    } else if (type.equals(LineForm.RECORD)) {
                        tail = record(line, number, tail);
                    }
                }
            }
            if (closing != null) {
                tenant = closing.tenant();
            }
        }

        private boolean record(String line, long number, boolean tail) {
            try {
                LineForm.Line read = LineForm.record(line);
                tenant = tenant.isEmpty() ? read.tenant() : tenant;
                if (read.position() == null) {
                    unsealed++;
                    return true;
                }
                if (tail) {
                    odd.add(new Finding(
                            Kind.INSERTED,
                            read.position(),
                            read.number(),
                            "Record " + read.number() + " on line " + number
                                    + " is sealed, and stands behind records that are not."));
                }
            } catch (JsonProcessingException unreadable) {
                // Found again, and named, on the walk along the chain.
                return tail;
            }
            return tail;
        }

        /** What is wrong with the end of the file. */
        List<Finding> end(boolean cutOff) {
            List<Finding> found = new ArrayList<>(odd);
            if (closingLine == null && !cutOff) {
                found.add(new Finding(
                        Kind.CUT_OFF,
                        null,
                        null,
                        "The export does not end with the signed head that closes it: its end was cut off."));
            }
            if (closingLine != null && closing == null) {
                found.add(new Finding(
                        Kind.HEAD_CHANGED,
                        null,
                        null,
                        "The head that closes the export is none that one of the given keys has signed for it."));
            }
            return found;
        }
    }

    /** A line of which nothing can be said but that we did not write it. */
    private static final class UnreadableLine extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableLine(long number) {
            super("Line " + number + " of the export was changed: it cannot be read as a record.");
        }
    }

    /** The first walk stops at a line that cannot be read; whoever looks for one record later passes it by. */
    private Records open() {
        boolean strict = !opened;
        opened = true;
        return new Records(strict);
    }

    /** The sealed records of the export. */
    private final class Records implements Links.Reading {
        private final BufferedReader lines;
        private final boolean strict;
        private @Nullable Link next;
        private long number;

        Records(boolean strict) {
            this.strict = strict;
            try {
                lines = Files.newBufferedReader(export);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        @Override
        public boolean hasNext() {
            try {
                String line;
                while (next == null && (line = lines.readLine()) != null) {
                    number++;
                    next = link(line);
                }
                return next != null;
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        private @Nullable Link link(String line) {
            if (LineForm.type(line).equals(Head.TYPE)) {
                return null;
            }
            try {
                LineForm.Line read = LineForm.record(line);
                Long position = read.position();
                String previous = read.previous();
                String hash = read.hash();
                if (position == null && previous == null && hash == null) {
                    return null;
                }
                if (position != null
                        && previous != null
                        && hash != null
                        && read.type().equals(LineForm.RECORD)) {
                    return new Link(position, read.number(), previous, hash, read.content());
                }
            } catch (JsonProcessingException unreadable) {
                if (!strict) {
                    return null;
                }
            }
            throw new UnreadableLine(number);
        }

        @Override
        public Link next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The export ends here.");
            }
            Link found = next;
            next = null;
            if (found == null) {
                throw new NoSuchElementException("The export ends here.");
            }
            return found;
        }

        @Override
        public void close() {
            try {
                lines.close();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
