package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionStage;

/** Where a pool's workers come from. */
public interface WorkerLauncher extends AutoCloseable {
    /**
     * Gets a worker on its way, which says over its channel when it is ready. Called on the event loop, and never blocks it.
     *
     * @return completed on the event loop: with the channel, or with an {@link java.io.IOException} if there can be no worker;
     *     its message says why, for an admin
     */
    CompletionStage<WorkerChannel> launch(EventLoop loop);

    /** Launches no more, and ends the workers that live, if it has a way to; waits a moment until they are gone. */
    @Override
    void close();
}
