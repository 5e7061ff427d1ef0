package org.x2go.authservice.daemon;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.ProcessMemory;

/**
 * What the start needs and what needs nothing of the start, done in a thread of its own meanwhile: JNA and the JDK's random
 * numbers take as long to set themselves up as the log does.
 */
final class Groundwork {
    private final FutureTask<@Nullable Void> task = new FutureTask<>(() -> {
        ProcessMemory.forbidDumps();
        // The first one looks for the system's source of them.
        new SecureRandom().nextLong();
        return null;
    });

    private Groundwork() {}

    /** Begins with it. */
    static Groundwork begin() {
        Groundwork groundwork = new Groundwork();
        Thread thread = new Thread(groundwork.task, "groundwork");
        thread.setDaemon(true);
        thread.start();
        return groundwork;
    }

    /**
     * Waits until it is done: from here on the process cannot be dumped.
     *
     * @throws IOException if it can
     */
    void await() throws IOException, InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof IOException failure ? failure : new IOException(cause);
        }
    }
}
