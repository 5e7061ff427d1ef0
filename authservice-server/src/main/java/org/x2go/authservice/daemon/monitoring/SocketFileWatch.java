package org.x2go.authservice.daemon.monitoring;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.posix.ErrorMessages;
import org.x2go.authservice.posix.FileStatus;

/**
 * Checks every 30 seconds whether the socket's file still exists, since without it no client reaches the service. Logs
 * an error once each time that it disappears.
 */
public final class SocketFileWatch implements StatisticsListener {
    private static final Logger LOG = LogManager.getLogger(SocketFileWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final Path path;
    private final FileStatus socket;
    private boolean missing;
    private volatile boolean stopping;

    private SocketFileWatch(Path path, FileStatus socket) {
        this.path = path;
        this.socket = socket;
    }

    /**
     * Starts to watch the present socket at a path.
     *
     * @return empty if this process cannot see it, as in a directory that the service's user may not enter
     */
    public static Optional<SocketFileWatch> at(Path path) {
        return look(path).filter(FileStatus::isSocket).map(socket -> new SocketFileWatch(path, socket));
    }

    private static Optional<FileStatus> look(Path path) {
        try {
            return FileStatus.ofEntry(path);
        } catch (IOException e) {
            LOG.debug("Cannot look at the socket {}: {}", path, ErrorMessages.text(e));
            return Optional.empty();
        }
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void report(ServiceStatistics statistics) {
        check();
    }

    /** Checks once. */
    void check() {
        boolean there = look(path).filter(socket::isSameFile).isPresent();
        if (!there && !missing && !stopping) {
            LOG.error(
                    "The socket {} was removed or replaced by another program: clients cannot reach this"
                            + " service. Restart it (under systemd, its socket unit), and find out what cleans up that"
                            + " directory.",
                    path);
        }
        missing = !there;
    }

    /** The service removes its socket itself. */
    @Override
    public void close() {
        stopping = true;
    }
}
