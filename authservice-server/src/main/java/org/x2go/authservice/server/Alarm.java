package org.x2go.authservice.server;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a task once, at the earliest of the times that it was set to since it last rang. Who has it guards it by a lock. */
final class Alarm {
    private final ScheduledExecutorService timer;
    private final Runnable task;

    private @Nullable Future<?> next;
    private long nextAt;

    /** @param task begins with {@link #rang} */
    Alarm(ScheduledExecutorService timer, Runnable task) {
        this.timer = timer;
        this.task = task;
    }

    /** Has the task run after so many nanoseconds, unless it will before. */
    void set(long nanos) {
        long at = System.nanoTime() + nanos;
        if (next != null) {
            if (nextAt - at <= 0) {
                return;
            }
            next.cancel(false);
        }
        nextAt = at;
        next = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** The task runs now, and may be wanted again. */
    void rang() {
        next = null;
    }
}
