package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.x2go.authservice.posix.UnixDatagram;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

/** Tells systemd, or whoever else asked for it, when the service is ready, how it is, and that it stops (sd_notify(3)). */
public final class SystemdNotifier implements StatisticsListener {
    /** How often what {@code systemctl status} shows is brought up to date. */
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(2);

    /** A keep-alive is sent this many times in the time after which there must have been one. */
    private static final int KEEP_ALIVES = 3;

    private final UnixDatagram socket;
    private final boolean watched;
    private final Duration interval;

    private String lastStatus = "";
    private volatile boolean stopping;

    private SystemdNotifier(UnixDatagram socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watched = watchdog.isPresent();
        this.interval = watchdog.map(time -> time.dividedBy(KEEP_ALIVES))
                .filter(time -> time.compareTo(STATUS_INTERVAL) < 0)
                .orElse(STATUS_INTERVAL);
    }

    /**
     * Who is to be told; empty if nobody asked for it.
     *
     * @param environment the environment variables
     * @param pid this process's number
     */
    public static Optional<SystemdNotifier> of(Map<String, String> environment, long pid) throws IOException {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return Optional.empty();
        }
        if (!address.startsWith("/") && !address.startsWith("@")) {
            throw new IOException("NOTIFY_SOCKET is neither a path nor an abstract name: " + address);
        }
        return Optional.of(new SystemdNotifier(UnixDatagram.to(address), watchdog(environment, pid)));
    }

    /** The longest time without a keep-alive (sd_watchdog_enabled(3)). */
    private static Optional<Duration> watchdog(Map<String, String> environment, long pid) throws IOException {
        String micros = environment.get("WATCHDOG_USEC");
        String own = Long.toString(pid);
        if (micros == null || !environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
            return Optional.empty();
        }
        try {
            long time = Long.parseLong(micros);
            if (time > 0) {
                return Optional.of(Duration.ofNanos(Math.multiplyExact(time, 1000)));
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Told below, as other numbers that are none.
        }
        throw new IOException("WATCHDOG_USEC is not a number of microseconds: " + micros);
    }

    /** The service answers. */
    public void ready() throws IOException {
        try {
            socket.send("READY=1");
        } catch (IOException e) {
            throw new IOException(
                    "cannot tell systemd that the service is ready: " + e.getMessage()
                            + "; unset NOTIFY_SOCKET if systemd does not start the service",
                    e);
        }
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void report(ServiceStatistics statistics) throws IOException {
        String status = status(statistics);
        StringBuilder message = new StringBuilder();
        if (!stopping && !status.equals(lastStatus)) {
            lastStatus = status;
            message.append("STATUS=").append(status).append('\n');
        }
        if (watched && !isUnrecoverable(statistics)) {
            message.append("WATCHDOG=1\n");
        }
        if (!message.isEmpty()) {
            socket.send(message.toString());
        }
    }

    /** A service that cannot have a PAM worker is of no use: if none comes up in time, it is for systemd to start it anew. */
    private static boolean isUnrecoverable(ServiceStatistics service) {
        return service.pool()
                .filter(pool -> pool.health() == PoolStatistics.Health.UNRECOVERABLE)
                .isPresent();
    }

    /** One line for an admin. */
    static String status(ServiceStatistics service) {
        ServerStatistics now = service.server();
        StringBuilder line = new StringBuilder();
        line.append(now.connections().open()).append(" connections, ");
        line.append(now.workers().busy())
                .append(" of ")
                .append(now.workers().most())
                .append(" workers busy");
        if (now.workers().hung() > 0) {
            line.append(" (").append(now.workers().hung()).append(" hung)");
        }
        service.pool()
                .ifPresent(pool -> line.append(" by ")
                        .append(pool.workers())
                        .append(" processes")
                        .append(trouble(pool)));
        line.append(", ").append(now.waiting().forWorker()).append(" requests queued, ");
        line.append(now.waiting().forDelay()).append(" replies delayed; answered so far:");
        for (Verdict verdict : Verdict.values()) {
            line.append(' ').append(now.verdicts(verdict)).append(' ').append(verdict.word());
        }
        return line.toString();
    }

    private static String trouble(PoolStatistics pool) {
        return switch (pool.health()) {
            case GOOD -> "";
            case CRASH_LOOPING -> ", of which some are crash-looping (see the log)";
            case NOT_STARTABLE, UNRECOVERABLE -> ", and no other can be started (see the log)";
        };
    }

    /** The service stops. Keep-alives go on until it has. */
    @Override
    public void close() throws IOException {
        stopping = true;
        socket.send("STOPPING=1\nSTATUS=Stopping: waiting for requests in flight");
    }
}
