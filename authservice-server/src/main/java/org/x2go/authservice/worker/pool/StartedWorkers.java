package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.ChildProcess;
import org.x2go.authservice.posix.Descendants;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.worker.channel.ServiceEnd;

/** Workers that this process starts, as the user that it runs as. */
public final class StartedWorkers implements WorkerSource {
    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8");

    /** For the end of a process that was killed. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    private final List<String> command;
    private final Diagnostics diagnostics;
    private final boolean adopts;

    /** The workers that live. A lock as well: none is started while orphans are looked for. */
    private final Map<Integer, WorkerProcess> living = new HashMap<>();

    private boolean closed;

    /**
     * @param command what starts a worker: a program's absolute path and its arguments
     * @param diagnostics where is said what workers say, and what modules print
     * @param adopts whether what is left behind by a worker that dies is ended too. Only for a process that starts no
     *     others than workers: every other child of its would be ended as well.
     */
    public StartedWorkers(List<String> command, Diagnostics diagnostics, boolean adopts) throws IOException {
        this.command = List.copyOf(command);
        this.diagnostics = diagnostics;
        this.adopts = adopts;
        if (adopts) {
            Descendants.adopt();
        }
    }

    @Override
    public Worker start() throws IOException {
        StreamSocket[] ends = StreamSocket.pair();
        ServiceEnd channel = new ServiceEnd(ends[0]);
        try (StreamSocket workers = ends[1]) {
            synchronized (living) {
                if (closed) {
                    throw new IOException("the service is being stopped");
                }
                ChildProcess process = ChildProcess.start(command, ENVIRONMENT, workers.descriptor());
                WorkerProcess watched = new WorkerProcess(process, diagnostics, () -> ended(channel, process.pid()));
                living.put(process.pid(), watched);
                return new Worker(channel, watched, diagnostics);
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void ended(ServiceEnd channel, int pid) {
        // A child of the worker's may hold its end open: whoever waits for an answer is to know that there will be
        // none.
        channel.shutDown();
        synchronized (living) {
            living.remove(pid);
            if (adopts) {
                try {
                    Descendants.kill(living::containsKey);
                } catch (IOException e) {
                    diagnostics.warn(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /** Kills all that live, those that are not ready yet among them, and waits until they are gone. */
    @Override
    public void close() {
        List<WorkerProcess> last;
        synchronized (living) {
            closed = true;
            last = List.copyOf(living.values());
        }
        last.forEach(WorkerProcess::kill);
        last.forEach(process -> process.ending(LAST_WAIT));
    }
}
