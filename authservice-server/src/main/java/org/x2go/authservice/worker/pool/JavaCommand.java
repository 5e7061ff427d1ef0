package org.x2go.authservice.worker.pool;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The command that starts a worker: the same Java and jar as this process, with options for a small JVM. */
public final class JavaCommand {
    /** The program's first argument that makes it a worker. */
    public static final String WORKER = "--pam-worker";

    /** The property with the path of the worker's class archive, if there is one; it depends on Java's version. */
    private static final String ARCHIVE = "authservice.worker.archive";

    /** Properties with directories of native libraries, which a worker uses like this process. */
    private static final List<String> PATHS = List.of(
            "java.library.path", "jna.boot.library.path", "jna.platform.library.path", "jna.tmpdir", "java.io.tmpdir");

    private static final List<String> FLAGS = List.of("jna.nounpack", "jna.nosys");

    /**
     * The resource with the options of a worker's JVM, a java @argfile without quotes; it is also installed as a file.
     */
    private static final String OPTIONS = "worker.args";

    private JavaCommand() {}

    /**
     * The command.
     *
     * @param mainClass the program's main class
     * @param arguments the worker's arguments
     */
    public static List<String> of(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        String archive = System.getProperty(ARCHIVE);
        if (archive != null) {
            command.add(archive);
        }
        for (String name : PATHS) {
            String value = System.getProperty(name);
            if (value != null) {
                command.add("-D" + name + "=" + absolute(value));
            }
        }
        for (String name : FLAGS) {
            String value = System.getProperty(name);
            if (value != null) {
                command.add("-D" + name + "=" + value);
            }
        }
        addProgram(command, System.getProperty("java.class.path"), mainClass);
        command.add(WORKER);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    private static List<String> options() {
        try (InputStream file = Objects.requireNonNull(JavaCommand.class.getResourceAsStream(OPTIONS), OPTIONS)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addProgram(List<String> command, String classPath, String mainClass) {
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            command.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            command.addAll(List.of("-cp", absolute(classPath), mainClass));
        }
    }

    /** Makes a list of paths absolute, since a worker has another working directory. */
    private static String absolute(String paths) {
        if (paths.isEmpty()) {
            return paths;
        }
        return Arrays.stream(paths.split(File.pathSeparator, -1))
                .map(path -> Path.of(path).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
