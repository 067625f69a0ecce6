package io.drawbridge.stage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.util.FileSystemUtils;

/**
 * Lets a process that is started again and again start faster: the first one of a class path leaves an archive of the
 * classes that it has loaded, which those after it share.
 *
 * <p>Source: JEP 350 and {@code jcmd VM.cds} of JDK 17. An archive knows jars only, so that folders are put into some.
 */
public final class SharedClasses {
    private static final Path FOLDER = Path.of("target", "shared-classes").toAbsolutePath();

    /** Jars made, by the folder. */
    private static final Map<Path, Path> JARS = new HashMap<>();

    /** Archives that are made, or being made. */
    private static final Set<Path> ARCHIVES = new HashSet<>();

    private SharedClasses() {}

    /** What this process itself was started with. */
    public static String classPath() {
        // Maven runs a main class in a class loader of its own, and tests in a process with a class path.
        String classPath = Thread.currentThread().getContextClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
                : System.getProperty("java.class.path");
        return Arrays.stream(classPath.split(":"))
                .map(Path::of)
                .filter(Files::exists)
                .map(entry -> jar(entry.toAbsolutePath()).toString())
                .collect(Collectors.joining(":"));
    }

    /**
     * The application of a packaged jar, and a folder of classes behind it.
     *
     * <p>Extracted by the jar itself, since the virtual machine shares no classes of jars within a jar.
     */
    public static synchronized String classPath(Path packaged, Path more) {
        Path extracted = FOLDER.resolve("extracted");
        try {
            if (JARS.get(packaged) == null) {
                FileSystemUtils.deleteRecursively(extracted);
                run(
                        "java",
                        "-Djarmode=tools",
                        "-jar",
                        packaged.toString(),
                        "extract",
                        "--destination",
                        extracted.toString());
                JARS.put(packaged, extracted.resolve(packaged.getFileName()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return JARS.get(packaged) + ":" + jar(more.toAbsolutePath());
    }

    /** What a virtual machine has to be told to use the archive of its class path, or to be able to make it. */
    static synchronized List<String> options(List<String> program) {
        Path archive = archive(program);
        if (!ARCHIVES.contains(archive)) {
            return List.of("-XX:+RecordDynamicDumpInfo");
        }
        return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto") : List.of();
    }

    /** Has the process write the archive, unless there is one already. */
    static void keep(List<String> program, long pid) {
        Path archive = archive(program);
        synchronized (SharedClasses.class) {
            if (!ARCHIVES.add(archive)) {
                return;
            }
        }
        try {
            Files.deleteIfExists(archive);
            Path written = Path.of(archive + ".new");
            run("jcmd", String.valueOf(pid), "VM.cds", "dynamic_dump", written.toString());
            Files.move(written, archive);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path archive(List<String> program) {
        int at = program.indexOf("-cp");
        return FOLDER.resolve(Integer.toHexString(program.get(at + 1).hashCode()) + ".jsa");
    }

    private static synchronized Path jar(Path entry) {
        if (!Files.isDirectory(entry)) {
            return entry;
        }
        return JARS.computeIfAbsent(entry, SharedClasses::pack);
    }

    private static Path pack(Path folder) {
        Path jar = FOLDER.resolve(folder.getFileName() + ".jar");
        try {
            Files.createDirectories(FOLDER);
            List<Path> files = new ArrayList<>();
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(file -> !file.equals(folder)).forEach(files::add);
            }
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.setLevel(1);
                for (Path file : files) {
                    // Spring looks for the entries of folders, too.
                    boolean inner = Files.isDirectory(file);
                    zip.putNextEntry(new ZipEntry(folder.relativize(file) + (inner ? "/" : "")));
                    if (!inner) {
                        Files.copy(file, zip);
                    }
                    zip.closeEntry();
                }
            }
            return jar;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void run(String tool, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(Arrays.asList(arguments));
        Path said = Files.createTempFile("drawbridge", ".log");
        try {
            int code = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(said));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            Files.delete(said);
        }
    }
}
