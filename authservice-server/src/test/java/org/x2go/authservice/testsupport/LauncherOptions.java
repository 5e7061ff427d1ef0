package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options that the installed launcher gives the service's JVM: those that need no path. */
public final class LauncherOptions {
    private static final Path FILE = Path.of("../dist/libexec/jvm.sh");
    private static final Pattern VARIABLE =
            Pattern.compile("^(?:safe|server)_options=(['\"])(.*?)\\1", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private LauncherOptions() {}

    public static List<String> read() throws IOException {
        Matcher variables = VARIABLE.matcher(Files.readString(FILE));
        List<String> options = new ArrayList<>();
        while (variables.find()) {
            BLANKS.splitAsStream(variables.group(2).strip())
                    .filter(option -> !option.startsWith("$"))
                    .forEach(options::add);
        }
        return options;
    }

    /** The number that follows this name, in bytes if it is in megabytes. */
    public static long number(String name) throws IOException {
        String value = read().stream()
                .filter(option -> option.startsWith(name))
                .findAny()
                .orElseThrow()
                .substring(name.length());
        return value.endsWith("m")
                ? Long.parseLong(value.substring(0, value.length() - 1)) << 20
                : Long.parseLong(value);
    }
}
