package org.x2go.authservice.daemon;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.server.Limit;

/** Which options a command line has, each by its longest name, and their values. */
interface GivenOptions {
    boolean has(String option);

    /** The value that was given last, or null if there is none. */
    @Nullable
    String value(String option);

    /** The value that was given last, or null if there is none. */
    @Nullable
    Integer number(String option);

    /** All values, in their order. */
    List<String> list(String option);

    /** The same, as the program knows them. */
    default Options options() {
        Map<Limit, Integer> limits = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            Integer value = number(CommandLineParser.option(limit));
            if (value != null) {
                limits.put(limit, value);
            }
        }
        return new Options(
                value("--socket-file"),
                value("--owner"),
                value("--group"),
                value("--permissions"),
                list("--allow-service"),
                value("--pam-confdir"),
                value("--isolation"),
                value("--worker-socket"),
                number("--worker-max-requests"),
                number("--worker-max-rss"),
                list("--allow-uid"),
                list("--allow-gid"),
                limits,
                has("--debug"),
                has("--debug-interactively"),
                value("--auth-log"),
                has("--daemonize"),
                value("--pidfile"),
                value("--logdir"),
                value("--metrics-file"),
                number("--metrics-interval"),
                has("--check-config"),
                has("--version"),
                has("--help"),
                has(CommandLineParser.BACKGROUND_CHILD));
    }
}
