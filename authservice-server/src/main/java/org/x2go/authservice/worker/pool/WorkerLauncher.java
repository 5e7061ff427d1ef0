package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/** Launches workers for a pool. */
public interface WorkerLauncher extends AutoCloseable {
    /**
     * Launches a worker, which reports over its channel when it is ready. Called on the event loop, and must not block.
     *
     * @return completed on the event loop with the channel, or with an {@link java.io.IOException} whose message tells
     *     an administrator why there is no worker
     */
    CompletionStage<WorkerChannel> launch(EventLoop loop);

    /** Launches no more workers, and kills the running ones if it started them; waits a short time for their exit. */
    @Override
    void close();
}
