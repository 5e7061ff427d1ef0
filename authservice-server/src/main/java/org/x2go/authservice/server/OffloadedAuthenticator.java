package org.x2go.authservice.server;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.AsyncAuthenticator;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/**
 * Calls a blocking {@link Authenticator} on a pool of threads that share one queue, so that a slow login blocks only
 * its own thread.
 *
 * <p>At first there are at most as many threads as processors, since more do not speed up hashing. If the oldest request in the queue
 * has waited for {@link #GROW_NANOS}, the threads are waiting for something else or compute for long: then threads are
 * added, one at a time, up to the configured number. After a minute in which no request waited, the added threads end.
 *
 * <p>Used on the event loop; only {@link Request#run} runs on the threads.
 */
final class OffloadedAuthenticator implements AsyncAuthenticator {
    private static final Logger LOG = LogManager.getLogger(OffloadedAuthenticator.class);

    private static final long GROW_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long AFTER_FAILED_START_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** The usual size, whatever -Xss is for other threads, because PAM modules run on this stack. */
    private static final long STACK_BYTES = 1024 * 1024;

    private static final AuthResult QUEUE_FULL = AuthResult.error("too many requests are waiting for a PAM thread");
    private static final AuthResult STOPPED = AuthResult.error("the service is being stopped");
    private static final AuthResult NO_THREAD = AuthResult.error("no PAM thread was free in time");
    private static final AuthResult WITHDRAWN =
            AuthResult.error("the client disconnected before a PAM thread was free");
    private static final AuthResult FAILED = AuthResult.error("the authenticator failed");

    private final Authenticator authenticator;
    private final EventLoop loop;
    private final int coreThreads;
    private final int maxThreads;
    private final int maxQueued;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final ThreadPoolExecutor threads;
    private final HungRequests hung;

    private boolean watching;
    private long lastWaitNanos;
    private long noStartBeforeNanos;

    /**
     * @param threads the maximum number of threads
     * @param maxQueued how many requests may wait for a thread
     */
    OffloadedAuthenticator(Authenticator authenticator, int threads, int maxQueued, EventLoop loop) {
        this(authenticator, threads, maxQueued, loop, new PamThreads());
    }

    OffloadedAuthenticator(
            Authenticator authenticator, int threads, int maxQueued, EventLoop loop, ThreadFactory factory) {
        this.authenticator = authenticator;
        this.loop = loop;
        this.maxThreads = threads;
        this.coreThreads = Math.min(threads, Runtime.getRuntime().availableProcessors());
        this.maxQueued = maxQueued;
        this.hung = new HungRequests(threads);
        this.threads =
                new ThreadPoolExecutor(coreThreads, maxThreads, IDLE_NANOS, TimeUnit.NANOSECONDS, queue, factory);
        this.threads.allowCoreThreadTimeOut(true);
        this.noStartBeforeNanos = now();
        this.lastWaitNanos = now();
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    @Override
    public CompletableFuture<AuthResult> authenticate(Credentials credentials, PeerCredentials peer) {
        Request request = new Request(credentials, peer, now());
        if (threads.isShutdown()) {
            request.end(STOPPED);
            return request;
        }
        if (queue.size() >= maxQueued) {
            request.end(QUEUE_FULL);
            return request;
        }
        if (now() - lastWaitNanos > IDLE_NANOS) {
            threads.setCorePoolSize(coreThreads);
        }
        queue.add(request);
        startThread();
        if (!watching && !queue.isEmpty()) {
            watch();
        }
        return request;
    }

    /**
     * Starts a thread, unless there are as many as there may be at present. If the system refuses one, queued requests stay, and
     * it is tried again.
     */
    private void startThread() {
        if (now() - noStartBeforeNanos < 0) {
            return;
        }
        try {
            threads.prestartCoreThread();
        } catch (OutOfMemoryError e) {
            noStartBeforeNanos = now() + AFTER_FAILED_START_NANOS;
            LOG.error("Cannot start a PAM thread: {}; see the limit of tasks (TasksMax=, ulimit -u)", e.getMessage());
        }
    }

    private void watch() {
        watching = true;
        loop.schedule(this::growIfWaiting, GROW_NANOS, TimeUnit.NANOSECONDS);
    }

    private void growIfWaiting() {
        watching = false;
        if (!(queue.peek() instanceof Request oldest) || threads.isShutdown()) {
            return;
        }
        lastWaitNanos = now();
        int size = threads.getCorePoolSize();
        if (now() - oldest.since >= GROW_NANOS && threads.getPoolSize() >= size && size < maxThreads) {
            threads.setCorePoolSize(size + 1);
        }
        startThread();
        watch();
    }

    /** The present maximum of threads. */
    int size() {
        return threads.getCorePoolSize();
    }

    @Override
    public Load load() {
        return new Load(queue.size(), threads.getActiveCount(), hung.count());
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /** A queued or running request. The code that takes it, to run or to cancel it, owns and closes the credentials. */
    private final class Request extends CompletableFuture<AuthResult> implements Runnable {
        private final AtomicBoolean taken = new AtomicBoolean();
        private final Credentials credentials;
        private final PeerCredentials peer;
        private final long since;
        private boolean expired;

        Request(Credentials credentials, PeerCredentials peer, long since) {
            this.credentials = credentials;
            this.peer = peer;
            this.since = since;
        }

        /** Runs on a PAM thread. */
        @Override
        public void run() {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            AuthResult result = ask();
            try {
                loop.execute(() -> returned(result));
            } catch (RejectedExecutionException e) {
                // The server was closed while this thread hung in PAM; no client waits for the answer.
                RequestLog.nobodyLeft();
            }
        }

        private AuthResult ask() {
            long begun = System.nanoTime();
            AuthResult result;
            try (credentials) {
                result = authenticator.authenticate(credentials, peer);
            } catch (Throwable e) {
                // Even an Error from native code must become {@code error}.
                RequestLog.authenticatorFailed(e);
                result = FAILED;
            }
            return (result == null ? FAILED : result).measured(Duration.ofNanos(System.nanoTime() - begun));
        }

        private void returned(AuthResult result) {
            if (expired) {
                hung.returned();
            }
            complete(result);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (taken.compareAndSet(false, true)) {
                queue.remove(this);
                end(mayInterruptIfRunning ? NO_THREAD : WITHDRAWN);
            } else if (mayInterruptIfRunning && !expired && !isDone()) {
                expired = true;
                hung.expired(credentials.service());
            }
            return isDone();
        }

        void end(AuthResult result) {
            credentials.close();
            complete(result);
        }
    }

    /** Daemon threads, which do not delay the exit. */
    private static final class PamThreads implements ThreadFactory {
        private final AtomicInteger made = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(null, task, "pam-" + made.incrementAndGet(), STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        }
    }
}
