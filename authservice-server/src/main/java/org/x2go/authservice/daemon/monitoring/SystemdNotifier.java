package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.x2go.authservice.posix.UnixDatagram;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics;

/** Notifies the service manager (sd_notify(3)): ready, status, keep-alives and stop. */
public final class SystemdNotifier implements StatisticsListener {
    /** The interval of updates of the status line in {@code systemctl status}. */
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(2);

    /** Keep-alives per watchdog period. */
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
     * Creates a notifier; empty if the environment has no NOTIFY_SOCKET.
     *
     * @param environment the environment variables
     * @param pid the number of this process
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
            // Reported below, like other invalid numbers.
        }
        throw new IOException("WATCHDOG_USEC is not a number of microseconds: " + micros);
    }

    /** Notifies that the service is ready. */
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
        if (watched && !mayNeedRestart(statistics)) {
            message.append("WATCHDOG=1\n");
        }
        if (!message.isEmpty()) {
            socket.send(message.toString());
        }
    }

    /**
     * A service without PAM workers is useless: if none starts in time, systemd shall restart the service.
     */
    private static boolean mayNeedRestart(ServiceStatistics service) {
        return service.pool()
                .filter(pool -> pool.health() == PoolStatistics.Health.MAY_NEED_RESTART)
                .isPresent();
    }

    /** The status line. */
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
            case CRASH_LOOPING -> ", which the modules of a PAM service crash repeatedly (see the log)";
            case NOT_STARTABLE, MAY_NEED_RESTART -> ", and no other can be started (see the log)";
        };
    }

    /** Notifies that the service stops. Keep-alives continue until it has stopped. */
    @Override
    public void close() throws IOException {
        stopping = true;
        socket.send("STOPPING=1\nSTATUS=Stopping: waiting for requests in flight");
    }
}
