package org.x2go.authservice.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What /proc tells of processes. */
final class Processes {
    private Processes() {}

    /** The children of a process, zombies among them. */
    static Set<Long> childrenOf(long parent) {
        Set<Long> children = new TreeSet<>();
        for (Path process : list(Path.of("/proc"), "[0-9]*")) {
            try {
                String stat = Files.readString(process.resolve("stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3);
                if (Long.parseLong(fields[1]) == parent) {
                    children.add(Long.parseLong(process.getFileName().toString()));
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        return children;
    }

    /** Whether there is such a process, be it a zombie. */
    static boolean exists(long pid) {
        return Files.exists(Path.of("/proc", Long.toString(pid)));
    }

    /** Whether there is such a process, and it is no zombie. */
    static boolean runs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    /** What the descriptors of a process are. */
    static List<String> descriptorsOf(long pid) {
        List<String> names = new ArrayList<>();
        for (Path descriptor : list(Path.of("/proc", Long.toString(pid), "fd"), "*")) {
            try {
                names.add(Files.readSymbolicLink(descriptor).toString());
            } catch (IOException e) {
                // Closed meanwhile.
            }
        }
        return names;
    }

    /** How much of a process is in memory, in bytes; 0 if it has ended. */
    static long residentBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findAny()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Whether a process has a file mapped into its memory, as it has a library that is being loaded. */
    static boolean maps(long pid, Path file) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "maps"))) {
            return lines.anyMatch(line -> line.endsWith(" " + file));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static List<Path> list(Path directory, String glob) {
        List<Path> paths = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(paths::add);
        } catch (IOException e) {
            // The process has ended.
        }
        return paths;
    }
}
