package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The options that the installed commands give their JVMs: those that need no path. */
public final class LauncherOptions {
    private static final Path SERVER = Path.of("../dist/libexec/server.args");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private LauncherOptions() {}

    /** The options of the service's JVM. */
    public static List<String> read() throws IOException {
        return read(SERVER);
    }

    /** The options in an argument file (java @file), split as java splits them. */
    public static List<String> read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .flatMap(BLANKS::splitAsStream)
                    .toList();
        }
    }

    /** The number that follows this name, in bytes if it is in kilobytes (k) or megabytes (m). */
    public static long number(String name) throws IOException {
        String value = read().stream()
                .filter(option -> option.startsWith(name))
                .findAny()
                .orElseThrow()
                .substring(name.length());
        int shift = value.endsWith("m") ? 20 : value.endsWith("k") ? 10 : 0;
        return Long.parseLong(shift == 0 ? value : value.substring(0, value.length() - 1)) << shift;
    }
}
