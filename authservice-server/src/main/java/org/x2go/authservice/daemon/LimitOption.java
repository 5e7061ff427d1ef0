package org.x2go.authservice.daemon;

import java.time.Duration;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.server.AuthServerConfig;

/**
 * An option that sets one of the server's limits. The server's configuration knows the ranges and the defaults; here is what
 * an admin is told.
 *
 * @param name the option
 * @param label what its value is
 * @param description the option's help
 * @param setter what it sets
 */
record LimitOption(String name, String label, String description, ObjIntConsumer<AuthServerConfig.Builder> setter) {
    private static final String NUMBER = "N";
    private static final String SECONDS = "SECONDS";

    /** All of them, in the order of the help. */
    static final List<LimitOption> ALL = List.of(
            new LimitOption(
                    "--workers",
                    NUMBER,
                    "How many passwords are checked at the same time, 1 to 1024. Default: two for each processor, at least 8;"
                            + " here " + AuthServerConfig.defaultWorkers(),
                    AuthServerConfig.Builder::workers),
            new LimitOption(
                    "--max-pending-failures",
                    NUMBER,
                    "How many attempts for one user, asked by one peer user, may be running or waiting out their fail delay; further ones wait up to"
                            + " 10 s. Up to 1000, 0 for any number. Default: 5",
                    AuthServerConfig.Builder::maxPendingFailures),
            seconds(
                    "--max-fail-delay",
                    "The longest time for which the reply to a failure is held back, however long PAM asks for, up to 300."
                            + " Default: 10",
                    AuthServerConfig.Builder::maxFailDelay),
            seconds(
                    "--request-timeout",
                    "How long a request may take until its verdict, 1 to 3600; then it is answered \"error\". Default: 60",
                    AuthServerConfig.Builder::requestTimeout),
            new LimitOption(
                    "--max-queued-requests",
                    NUMBER,
                    "How many requests may wait for a worker, 1 to 1000000. Default: 10000",
                    AuthServerConfig.Builder::maxQueuedRequests),
            new LimitOption(
                    "--max-connections",
                    NUMBER,
                    "How many connections may be open, 1 to 1000000; fewer if the limit of open files leaves none for PAM."
                            + " Default: 16384",
                    AuthServerConfig.Builder::maxConnections),
            new LimitOption(
                    "--max-request-bytes",
                    NUMBER,
                    "The longest request that is read, its newline included, 64 to 1048576. Default: "
                            + RequestFormat.DEFAULT_MAX_REQUEST_BYTES,
                    AuthServerConfig.Builder::maxRequestBytes),
            new LimitOption(
                    "--max-unread-bytes",
                    NUMBER,
                    "How much of what peers sent ahead may be in memory, all together, 1048576 to 1073741824. Default:"
                            + " 16777216",
                    AuthServerConfig.Builder::maxUnreadBytes),
            seconds(
                    "--send-timeout",
                    "How long a peer may take to finish a request that it has begun, or to read a reply, 1 to 3600."
                            + " Default: 10",
                    AuthServerConfig.Builder::sendTimeout),
            seconds(
                    "--idle-timeout",
                    "How long a connection may wait between requests, up to 86400, 0 for ever. Default: 0",
                    AuthServerConfig.Builder::idleTimeout),
            seconds(
                    "--stop-grace",
                    "How long requests in flight may take when the service stops, up to 3600. Default: 10",
                    AuthServerConfig.Builder::stopGrace));

    private interface DurationSetter {
        AuthServerConfig.Builder set(AuthServerConfig.Builder builder, Duration value);
    }

    private static LimitOption seconds(String name, String description, DurationSetter setter) {
        return new LimitOption(
                name, SECONDS, description, (builder, value) -> setter.set(builder, Duration.ofSeconds(value)));
    }
}
