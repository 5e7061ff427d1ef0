package org.x2go.authservice.client;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Does on a platform thread what would not wait on a virtual one. */
final class PlatformThread {
    /** What is done there. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private PlatformThread() {}

    /**
     * Runs a task on a thread of its own and returns at its end. When interrupted it returns earlier: the caller sees to it that
     * the task ends.
     */
    static void run(Task task) throws IOException, InterruptedException {
        FutureTask<Void> running = new FutureTask<>(() -> {
            task.run();
            return null;
        });
        DaemonThreads.create(running, "authservice-client-connect").start();
        try {
            running.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }
}
