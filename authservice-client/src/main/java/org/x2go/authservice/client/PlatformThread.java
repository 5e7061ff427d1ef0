package org.x2go.authservice.client;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs a task on a platform thread: connect(2) does not wait for a full backlog on a virtual one. */
final class PlatformThread {
    /** Work that may fail with an I/O error. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    private PlatformThread() {}

    /**
     * Runs a task on a new thread and waits for its end. An interrupt ends the wait only: the caller makes the task end.
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
