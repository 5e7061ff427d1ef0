package org.x2go.authservice.worker.pool;

import java.util.concurrent.CompletionStage;

/** The process of a worker that this service has started. Thread-safe. */
interface WorkerProcess {
    /** Its number. */
    int pid();

    /** Ends it at once, whatever it is doing, unless it has ended. */
    void kill();

    /** Completed when it has ended: with how, in a few words for the log. */
    CompletionStage<String> ending();
}
