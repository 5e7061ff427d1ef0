package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.ChildProcess;
import org.x2go.authservice.posix.DescriptorPoll;

/** A worker process that this process started. The launcher's thread logs its output and reaps it. */
final class SpawnedWorker implements WorkerProcess {
    private static final int NOW = 0;

    /** Enough for a full pipe; a child that a module left may write for ever. */
    private static final int MAX_LAST_READS = 256;

    private final ChildProcess process;
    private final WorkerOutput output;
    private final CompletableFuture<String> ending = new CompletableFuture<>();
    private boolean outputEnded;

    SpawnedWorker(ChildProcess process, Diagnostics diagnostics) {
        this.process = process;
        this.output = new WorkerOutput("PAM worker " + process.pid(), diagnostics);
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public CompletionStage<String> ending() {
        return ending;
    }

    /** A descriptor that is readable when {@link #logOutput} has something to do; -1 after the end of the output. */
    int output() {
        return outputEnded ? -1 : process.output();
    }

    /** A descriptor that is readable when it has exited, or -1 if the kernel has none. */
    int pidfd() {
        return process.pidfd();
    }

    void logOutput() throws IOException {
        outputEnded = !output.log(process);
    }

    /**
     * Reaps the process if it has exited, after logging its output. Later output of its children is not logged.
     *
     * @return whether it has exited
     */
    boolean reap(DescriptorPoll poll) {
        String how;
        try {
            Optional<ChildProcess.Ending> end = process.reap();
            if (end.isEmpty()) {
                return false;
            }
            for (int i = 0; i < MAX_LAST_READS && poll.await(new int[] {output()}, NOW)[0]; i++) {
                logOutput();
            }
            output.end();
            how = output.crash().map(signal -> signal + ", caught by the JVM").orElse(String.valueOf(end.get()));
        } catch (IOException e) {
            how = String.valueOf(e.getMessage());
        }
        process.close();
        ending.complete(how);
        return true;
    }
}
