package org.x2go.authservice.worker.pool;

import java.util.concurrent.CompletionStage;

/** The process of a worker that this service started. Thread-safe. */
interface WorkerProcess {
    /** The process number. */
    int pid();

    /** Kills the process, unless it has exited. */
    void kill();

    /** Completed when the process has exited, with a text for the log that says how. */
    CompletionStage<String> ending();
}
