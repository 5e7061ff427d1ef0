package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.ChildProcess;
import org.x2go.authservice.posix.Descendants;
import org.x2go.authservice.posix.DescriptorPoll;
import org.x2go.authservice.posix.StreamSocket;

/**
 * Starts workers as child processes, with the user of this process.
 *
 * <p>One thread does everything that waits for processes: it starts them (posix_spawn(3) waits for the exec), logs
 * their output, and reaps them. It exists from the beginning, so that a temporary lack of threads or memory does not
 * matter.
 */
public final class SpawningLauncher implements WorkerLauncher {
    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8");

    /** How long a stop waits for killed processes. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    /** The interval of checks whether a process has exited, if the kernel has no pidfd. */
    private static final int LOOK_MILLIS = 250;

    private static final int FOR_EVER = -1;
    private static final long AFTER_FAULT_NANOS = Duration.ofMillis(250).toNanos();

    private final List<String> command;
    private final Diagnostics diagnostics;
    private final boolean subreaper;
    private final DescriptorPoll poll = new DescriptorPoll();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "worker-launcher");

    /** By process number. Used by the thread only. */
    private final Map<Integer, SpawnedWorker> living = new HashMap<>();

    /** Used by the thread only. */
    private boolean closed;

    /**
     * Starts the thread, and no worker yet.
     *
     * @param command the command of a worker: a program's absolute path and its arguments
     * @param diagnostics receives the log messages of workers, and the output of modules
     * @param subreaper whether processes that a dead worker leaves behind are killed. Only for a process that starts
     *     nothing but workers, since all its other children would be killed too.
     */
    public SpawningLauncher(List<String> command, Diagnostics diagnostics, boolean subreaper) throws IOException {
        this.command = List.copyOf(command);
        this.diagnostics = diagnostics;
        this.subreaper = subreaper;
        if (subreaper) {
            Descendants.becomeSubreaper();
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public CompletionStage<WorkerChannel> launch(EventLoop loop) {
        CompletableFuture<WorkerChannel> launched = new CompletableFuture<>();
        submit(() -> launch(loop, launched));
        return launched;
    }

    private void submit(Runnable task) {
        tasks.add(task);
        poll.wakeUp();
    }

    private void launch(EventLoop loop, CompletableFuture<WorkerChannel> launched) {
        StreamSocket ours = null;
        SpawnedWorker worker = null;
        try {
            if (closed) {
                throw new IOException("the service is being stopped");
            }
            StreamSocket[] ends = StreamSocket.pair();
            ours = ends[0];
            worker = spawn(ends[1]);
            EpollDomainSocketChannel channel = new EpollDomainSocketChannel(ours.release(), true);
            WorkerChannel to = WorkerChannel.over(channel, worker, diagnostics);
            loop.execute(() -> {
                loop.register(channel);
                launched.complete(to);
            });
        } catch (IOException | RuntimeException | Error e) {
            if (ours != null) {
                ours.close();
            }
            if (worker != null) {
                worker.kill();
            }
            try {
                loop.execute(() -> launched.completeExceptionally(e));
            } catch (RejectedExecutionException over) {
                // The launch was cancelled.
            }
        }
    }

    private SpawnedWorker spawn(StreamSocket theirs) throws IOException {
        try (theirs) {
            ChildProcess process = ChildProcess.start(command, ENVIRONMENT, theirs.descriptor());
            SpawnedWorker worker = new SpawnedWorker(process, diagnostics);
            living.put(worker.pid(), worker);
            return worker;
        }
    }

    private void run() {
        while (!closed || !living.isEmpty()) {
            try {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                watch(List.copyOf(living.values()));
            } catch (IOException | RuntimeException | Error e) {
                // Whatever was thrown, running workers must be reaped.
                diagnostics.error("Cannot watch the PAM workers; retrying", e);
                LockSupport.parkNanos(AFTER_FAULT_NANOS);
            }
        }
        poll.close();
    }

    /** Waits for output or the exit of a worker, or for a task. */
    private void watch(List<SpawnedWorker> workers) throws IOException {
        int[] descriptors = workers.stream()
                .flatMapToInt(worker -> IntStream.of(worker.output(), worker.pidfd()))
                .toArray();
        boolean blind = workers.stream().anyMatch(worker -> worker.pidfd() < 0);
        boolean[] ready = poll.await(descriptors, blind ? LOOK_MILLIS : FOR_EVER);
        boolean reaped = false;
        for (int i = 0; i < workers.size(); i++) {
            SpawnedWorker worker = workers.get(i);
            if (ready[2 * i]) {
                worker.logOutput();
            }
            if ((ready[2 * i + 1] || blind) && worker.reap(poll)) {
                living.remove(worker.pid());
                reaped = true;
            }
        }
        if (reaped && subreaper) {
            Descendants.kill(living::containsKey);
        }
    }

    /** Kills all workers, including those that are not ready yet, and waits until they have exited. */
    @Override
    public void close() {
        submit(() -> {
            closed = true;
            living.values().forEach(SpawnedWorker::kill);
        });
        try {
            thread.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
