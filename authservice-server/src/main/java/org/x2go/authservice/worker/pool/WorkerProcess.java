package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.ChildProcess;

/** The process of a worker that this service has started: its output is logged, its end collected. */
final class WorkerProcess {
    private final ChildProcess process;
    private final WorkerOutput output;
    private final CompletableFuture<String> ending = new CompletableFuture<>();

    /**
     * Watches over a process from now on.
     *
     * @param atEnd what is to be done when it has ended and has been collected
     */
    WorkerProcess(ChildProcess process, Diagnostics diagnostics, Runnable atEnd) {
        this.process = process;
        this.output = new WorkerOutput("PAM worker " + process.pid(), diagnostics);
        Thread watcher = new Thread(() -> watch(atEnd), "worker-" + process.pid());
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch(Runnable atEnd) {
        String how = "unknown";
        try {
            output.logAll(process);
            ChildProcess.Ending end = process.await();
            how = output.crash().map(signal -> signal + ", caught by the JVM").orElseGet(end::toString);
        } catch (IOException e) {
            how = String.valueOf(e.getMessage());
        } finally {
            atEnd.run();
            ending.complete(how);
        }
    }

    int pid() {
        return process.pid();
    }

    void kill() {
        process.kill();
    }

    /** How it ended, if it does so in time. */
    String ending(Duration patience) {
        try {
            return ending.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return "it has not ended yet";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "it was not waited for";
        } catch (ExecutionException e) {
            throw new AssertionError("it is completed normally only", e);
        }
    }
}
