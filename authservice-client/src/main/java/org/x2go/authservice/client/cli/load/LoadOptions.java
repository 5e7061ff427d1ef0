package org.x2go.authservice.client.cli.load;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of the load. */
public final class LoadOptions {
    private static final int MAX_CONNECTIONS = 10_000;
    private static final int MAX_IDLE = 1_000_000;
    private static final int MAX_SECONDS = 86_400;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "authservice",
            description = "The service's protocol: authservice, which X2Go's Python service has too, or saslauthd."
                    + " Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    Protocol protocol;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many connections send requests at the same time. Default: ${DEFAULT-VALUE}.")
    int connections;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to measure. Default: ${DEFAULT-VALUE}.")
    int durationSeconds;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long to send requests before measuring. Default: ${DEFAULT-VALUE}.")
    int warmupSeconds;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "bench",
            description = "The user's name; %%d stands for the number of the connection. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String user;

    @ArgGroup
    private final Mode mode = new Mode();

    @Option(
            names = "--idle",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also open this many connections that send nothing. Default: ${DEFAULT-VALUE}.")
    int idle;

    @Option(
            names = "--wrong-share",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "The share of requests with a wrong password. Default: ${DEFAULT-VALUE}.")
    int wrongPercent;

    private static final class Mode {
        @Option(names = "--reconnect", description = "Use a new connection for each request. This is the default.")
        @SuppressWarnings("UnusedVariable") // it only excludes --keep
        private boolean reconnect;

        @Option(names = "--keep", description = "Use each connection for many requests.")
        private boolean keep;
    }

    /** The user's name, in which {@code %d} stands for the number of the connection. */
    public String user() {
        return user;
    }

    /** The user of a connection, counted from 1. */
    String user(int connection) {
        return user.replace("%d", Integer.toString(connection));
    }

    /** Whether a connection carries many requests; otherwise each request has its own. */
    boolean keep() {
        return mode.keep;
    }

    /** Checks the ranges. */
    void validate() {
        requireRange("--connections", connections, 1, MAX_CONNECTIONS);
        requireRange("--idle", idle, 0, MAX_IDLE);
        requireRange("--wrong-share", wrongPercent, 0, 100);
        requireRange("--warmup", warmupSeconds, 0, MAX_SECONDS);
        requireRange("--duration", durationSeconds, 1, MAX_SECONDS);
        if (keep() && !protocol.allowsKeptConnections()) {
            throw new IllegalArgumentException("saslauthd answers one request per connection: leave --keep out");
        }
    }

    private static void requireRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " must be " + min + " to " + max);
        }
    }
}
