package org.x2go.authservice.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.RunState;

/**
 * One of the threads that ask PAM, and what is known of it. Its stack is of an ordinary size, whatever that of other threads is
 * set to, because PAM modules run on it. Unless a method says otherwise, who has the thread guards it by a lock.
 */
final class WorkerThread {
    /** How long it may be at an attempt, whatever it does there, and still keep others waiting. */
    static final Duration BRIEF = Duration.ofMillis(1);

    /** How long it may if it computes. A module that would do so for ever must not have the others wait for it. */
    static final Duration LONG = Duration.ofMillis(250);

    private static final Logger LOG = LogManager.getLogger(WorkerThread.class);

    private static final long IDLE_END_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long STACK_BYTES = 1024 * 1024;

    private final Consumer<WorkerThread> work;
    private final Thread thread;
    private volatile boolean asleep;

    /** Whether it has an attempt. */
    private boolean atWork;

    /** Since when it has that attempt, or has had none. */
    private long since = System.nanoTime();

    /** Whether it has been at it for so long that nobody is to wait for it. */
    private boolean behind;

    /** Null if it is not known. */
    private volatile @Nullable RunState runState;

    WorkerThread(String name, Consumer<WorkerThread> work) {
        this.work = work;
        thread = new Thread(null, this::run, name, STACK_BYTES);
        thread.setDaemon(true);
    }

    private void run() {
        try (RunState own = runStateOfThisThread()) {
            runState = own;
            work.accept(this);
        }
    }

    private static @Nullable RunState runStateOfThisThread() {
        try {
            return RunState.ofCallingThread();
        } catch (IOException e) {
            LOG.debug("Whether a worker computes cannot be told: {}", e.getMessage());
            return null;
        }
    }

    Thread thread() {
        return thread;
    }

    /** It has an attempt from now on. */
    void begin() {
        atWork = true;
        since = System.nanoTime();
    }

    /** It has come back from its attempt, if it had one. True if nobody was to wait for it any more. */
    boolean comeBack() {
        boolean wasBehind = behind;
        atWork = false;
        behind = false;
        since = System.nanoTime();
        return wasBehind;
    }

    /** For how long it has been at an attempt for which others wait, in nanoseconds; Long.MAX_VALUE if it is not. */
    long away(long now) {
        return atWork && !behind ? now - since : Long.MAX_VALUE;
    }

    /** Nobody is to wait for it any more. */
    void fallBehind() {
        behind = true;
    }

    /** Whether it computes, as far as can be told. */
    boolean isComputing() {
        RunState state = runState;
        return state != null && state.isComputing();
    }

    void lieDown() {
        asleep = true;
    }

    /** It is not asleep any more, but does not know that yet. */
    void getUp() {
        asleep = false;
    }

    /** Any thread may ask. */
    boolean isAsleep() {
        return asleep;
    }

    boolean hasIdled() {
        return asleep && System.nanoTime() - since >= IDLE_END_NANOS;
    }

    /** Wakes the thread, or starts it if it is new. Needs no lock. */
    void rise() {
        if (thread.isAlive()) {
            LockSupport.unpark(thread);
        } else {
            thread.start();
        }
    }

    /** Called by the thread itself, without a lock: waits until it is woken, or has idled, or for nothing at all. */
    void rest() {
        LockSupport.parkNanos(this, Math.max(1, since + IDLE_END_NANOS - System.nanoTime()));
        // An interrupt is nobody's here, and would keep it from parking.
        Thread.interrupted();
    }
}
