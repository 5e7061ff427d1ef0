package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.nio.file.Path;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.worker.channel.ServiceEnd;

/**
 * Workers that somebody else starts, one for each connection to a socket: systemd, where the service runs as a user who may
 * not start what is root's.
 */
public final class ConnectedWorkers implements WorkerSource {
    private final Path socket;
    private final Diagnostics diagnostics;

    /**
     * @param socket where somebody listens who starts a worker for each connection
     * @param diagnostics where is said what workers say
     */
    public ConnectedWorkers(Path socket, Diagnostics diagnostics) {
        this.socket = socket;
        this.diagnostics = diagnostics;
    }

    @Override
    public Worker start() throws IOException {
        try {
            return new Worker(new ServiceEnd(StreamSocket.connect(socket)), null, diagnostics);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; start who listens there, under systemd the unit with this ListenStream="
                            + " (x2gobroker-authservice-worker.socket)",
                    e);
        }
    }

    /** A worker ends when its connection does. */
    @Override
    public void close() {}
}
