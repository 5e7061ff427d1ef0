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
 * Starts workers as processes of this one's, as the user that it runs as.
 *
 * <p>One thread does all that waits for processes: it starts them (posix_spawn(3) waits for the exec), logs what they print,
 * and reaps them. It is there from the beginning, so that a moment without threads or memory for one ends no worker's care.
 */
public final class SpawningLauncher implements WorkerLauncher {
    private static final List<String> ENVIRONMENT = List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8");

    /** For the end of processes that were killed. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    /** How often it is looked whether a process has ended, where the kernel has no descriptor for that. */
    private static final int LOOK_MILLIS = 250;

    private static final int FOR_EVER = -1;
    private static final long AFTER_FAULT_NANOS = Duration.ofMillis(250).toNanos();

    private final List<String> command;
    private final Diagnostics diagnostics;
    private final boolean subreaper;
    private final DescriptorPoll poll = new DescriptorPoll();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "worker-launcher");

    /** By process number. The thread's own. */
    private final Map<Integer, SpawnedWorker> living = new HashMap<>();

    /** The thread's own. */
    private boolean closed;

    /**
     * Starts the thread, and no worker yet.
     *
     * @param command what starts a worker: a program's absolute path and its arguments
     * @param diagnostics where is said what workers say, and what modules print
     * @param subreaper whether what is left behind by a worker that dies is ended too. Only for a process that starts no
     *     others than workers: every other child of its would be ended as well.
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
                // Nobody waits for it any more.
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
                // Whatever it is, those that live must be reaped.
                diagnostics.error("PAM workers cannot be watched; trying again", e);
                LockSupport.parkNanos(AFTER_FAULT_NANOS);
            }
        }
        poll.close();
    }

    /** Waits for something to happen to the workers, or for a task. */
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

    /** Kills all that live, those that are not ready yet among them, and waits until they are gone. */
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
