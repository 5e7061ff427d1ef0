package org.x2go.authservice.daemon;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.server.Limit;

/**
 * A command line as units and scripts have it: every option by its full name, its value behind it or behind a "=". It is
 * read without picocli, whose classes are too old for a class archive and so take a quarter of the start. Whatever is not
 * that plain, wrong ones above all, is left to {@link CommandLineParser}, which means the same by all that is read here.
 */
final class PlainArguments implements GivenOptions {
    private static final int MOST_DIGITS = 9;

    private enum Kind {
        FLAG,
        TEXT,
        NUMBER
    }

    private record Option(String name, Kind kind) {}

    private final Map<String, List<String>> given = new HashMap<>();

    private PlainArguments() {}

    /** What these arguments give, or null if they are not plain. */
    static @Nullable PlainArguments read(String... args) {
        Map<String, Option> known = known();
        PlainArguments plain = new PlainArguments();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].startsWith("--") ? args[i].indexOf('=') : -1;
            Option option = known.get(equals < 0 ? args[i] : args[i].substring(0, equals));
            if (option == null) {
                return null;
            }
            String value = "";
            if (option.kind == Kind.FLAG) {
                if (equals >= 0 || plain.has(option.name)) {
                    return null;
                }
            } else {
                if (equals >= 0) {
                    value = args[i].substring(equals + 1);
                } else if (++i < args.length) {
                    value = args[i];
                }
                if (!isPlain(value, option.kind)) {
                    return null;
                }
            }
            plain.given.computeIfAbsent(option.name, none -> new ArrayList<>()).add(value);
        }
        return plain;
    }

    private static boolean isPlain(String value, Kind kind) {
        if (value.isEmpty() || value.charAt(0) == '-' || value.charAt(0) == '"') {
            return false;
        }
        return kind == Kind.TEXT
                || (value.length() <= MOST_DIGITS
                        && value.charAt(0) != '0'
                        && value.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    private static Map<String, Option> known() {
        Map<String, Option> known = new HashMap<>();
        put(known, Kind.FLAG, "--debug", "-d");
        put(known, Kind.FLAG, "--debug-interactively", "-i");
        put(known, Kind.FLAG, "--daemonize", "-D");
        put(known, Kind.FLAG, CommandLineParser.BACKGROUND_CHILD);
        put(known, Kind.TEXT, "--socket-file", "--socket", "-s");
        put(known, Kind.TEXT, "--owner", "-o");
        put(known, Kind.TEXT, "--group", "-g");
        put(known, Kind.TEXT, "--permissions", "-p");
        put(known, Kind.TEXT, "--allow-service");
        put(known, Kind.TEXT, "--allow-uid");
        put(known, Kind.TEXT, "--allow-gid");
        put(known, Kind.TEXT, "--pam-confdir");
        put(known, Kind.TEXT, "--isolation");
        put(known, Kind.TEXT, "--worker-socket");
        put(known, Kind.TEXT, "--auth-log");
        put(known, Kind.TEXT, "--pidfile", "-P");
        put(known, Kind.TEXT, "--logdir", "-L");
        put(known, Kind.TEXT, "--metrics-file");
        put(known, Kind.NUMBER, "--metrics-interval");
        put(known, Kind.NUMBER, "--worker-max-requests");
        put(known, Kind.NUMBER, "--worker-max-rss");
        for (Limit limit : Limit.values()) {
            put(known, Kind.NUMBER, CommandLineParser.option(limit));
        }
        return known;
    }

    private static void put(Map<String, Option> known, Kind kind, String name, String... others) {
        Option option = new Option(name, kind);
        known.put(name, option);
        for (String other : others) {
            known.put(other, option);
        }
    }

    @Override
    public boolean has(String option) {
        return given.containsKey(option);
    }

    @Override
    public @Nullable String value(String option) {
        List<String> values = list(option);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    @Override
    public @Nullable Integer number(String option) {
        String value = value(option);
        return value == null ? null : Integer.valueOf(value);
    }

    @Override
    public List<String> list(String option) {
        return given.getOrDefault(option, List.of());
    }
}
