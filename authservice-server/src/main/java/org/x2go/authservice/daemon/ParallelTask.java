package org.x2go.authservice.daemon;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** A part of the start that goes on in a thread of its own, beside those that do not need it yet. */
final class ParallelTask {
    /** Of the ordinary size, whatever that of other threads is set to, for PAM modules that are loaded. */
    private static final long STACK_BYTES = 1024 * 1024;

    /** What is to be done. */
    interface Work {
        void run() throws Exception;
    }

    private final FutureTask<@Nullable Void> task;

    private ParallelTask(Work work) {
        task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
    }

    /** Begins with it, in a thread of this name that does not keep the process from ending. */
    static ParallelTask begin(String name, Work work) {
        ParallelTask parallel = new ParallelTask(work);
        Thread thread = new Thread(null, parallel.task, name, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return parallel;
    }

    /** Waits until it is done, and throws what kept it from being done. */
    void await() throws Exception {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception failure ? failure : e;
        }
    }
}
