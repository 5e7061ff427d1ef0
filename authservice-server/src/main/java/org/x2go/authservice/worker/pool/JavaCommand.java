package org.x2go.authservice.worker.pool;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The command that starts a worker: this process's own Java, and its own jar, with the options of a small JVM. */
public final class JavaCommand {
    /** The first argument of the program that makes it a worker. */
    public static final String WORKER = "--pam-worker";

    /** The option for the archive of a worker's classes, if there is one: which it is depends on Java's version. */
    private static final String ARCHIVE = "authservice.worker.archive";

    /** Where native libraries are: a worker finds them where this process does. */
    private static final List<String> PATHS = List.of(
            "java.library.path", "jna.boot.library.path", "jna.platform.library.path", "jna.tmpdir", "java.io.tmpdir");

    private static final List<String> FLAGS = List.of("jna.nounpack", "jna.nosys");

    /**
     * A small heap, small from the beginning, and only the first compiler, which compiles a method when it was called five times
     * as often as by default: what it needs for the methods of the start stays resident. A crash leaves no image of the memory,
     * which may hold a password. Nothing is said about an archive that does not fit: the worker does without.
     */
    private static final List<String> OPTIONS = List.of(
            "-Xms6m",
            "-XX:NewSize=2m",
            "-Xmx16m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=5",
            "-XX:ReservedCodeCacheSize=8m",
            "-XX:-UsePerfData",
            "-XX:ErrorFile=/dev/null",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+DisableAttachMechanism",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+DisplayVMOutputToStderr",
            "-Xlog:disable");

    private JavaCommand() {}

    /**
     * The command.
     *
     * @param mainClass the program's main class
     * @param arguments the worker's own
     */
    public static List<String> of(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
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

    private static void addProgram(List<String> command, String classPath, String mainClass) {
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            command.addAll(List.of("-jar", Path.of(classPath).toAbsolutePath().toString()));
        } else {
            command.addAll(List.of("-cp", absolute(classPath), mainClass));
        }
    }

    /** A list of paths as this process sees them; a worker has another working directory. */
    private static String absolute(String paths) {
        if (paths.isEmpty()) {
            return paths;
        }
        return Arrays.stream(paths.split(File.pathSeparator, -1))
                .map(path -> Path.of(path).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
