package org.x2go.authservice.worker.pool;

import java.io.IOException;

/** Where a pool's workers come from. Thread-safe. */
public interface WorkerSource extends AutoCloseable {
    /**
     * Gets a worker on its way, which says when it is ready.
     *
     * @throws IOException if that cannot be done; the message says why, for an admin
     */
    Worker start() throws IOException;

    /** Starts no more, and ends those that live, if it has a way to. */
    @Override
    void close();
}
