package org.x2go.authservice.server;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that ask PAM, and the one queue that they share: whichever is free first takes the next attempt, so that a
 * slow login holds up its own worker and nobody else.
 *
 * <p>Their stacks are of an ordinary size, whatever that of other threads is set to, because PAM modules run on them.
 */
final class Workers {
    private static final Duration IDLE_END = Duration.ofMinutes(1);
    private static final long STACK_BYTES = 1024 * 1024;

    private final ThreadPoolExecutor threads;

    /** Workers, started as they are needed and ended when idle for a minute, and the longest queue before them. */
    Workers(int count, int maxQueued) {
        this(newThreads(count, maxQueued));
    }

    /** Workers that are these threads. */
    Workers(ThreadPoolExecutor threads) {
        this.threads = threads;
    }

    private static ThreadPoolExecutor newThreads(int count, int maxQueued) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count, count, IDLE_END.toSeconds(), TimeUnit.SECONDS, new WorkQueue(maxQueued), task -> {
                    Thread thread = new Thread(null, task, "pam-worker-" + number.incrementAndGet(), STACK_BYTES);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Queues an attempt. False if the queue is full, or these workers are stopping. */
    boolean submit(Attempt attempt) {
        try {
            threads.execute(attempt);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Takes an attempt that no worker has begun out of the queue. */
    void withdraw(Attempt attempt) {
        threads.remove(attempt);
    }

    /** How many workers there may be. */
    int count() {
        return threads.getMaximumPoolSize();
    }

    /** How many of them are at work. */
    int busy() {
        return threads.getActiveCount();
    }

    /** How many attempts wait for one. */
    int queued() {
        return threads.getQueue().size();
    }

    /** Lets what is queued be done and takes no more. */
    void stop() {
        threads.shutdown();
    }
}
