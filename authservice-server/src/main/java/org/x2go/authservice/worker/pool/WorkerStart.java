package org.x2go.authservice.worker.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.worker.wire.Reply;

/** One worker on its way, from its launch until it is ready, or it is known that it will not be. Used on the event loop. */
final class WorkerStart implements WorkerChannel.Listener {
    /** A worker is ready in a tenth of that on an idle machine. */
    static final long TIMEOUT_SECONDS = 15;

    /** What may come of a start, besides a worker. */
    enum Failure {
        /** It could not be launched, or says that it cannot work: the reason says what would help. */
        REFUSED,
        /** It ended before it was ready. */
        DIED,
        /** It was not ready in time, and is killed. */
        SLOW
    }

    /** Who waits for the worker. Called once. */
    interface Outcome {
        void started(WorkerChannel channel, int maxRequests);

        void failed(Failure failure, String reason);
    }

    private final Outcome outcome;
    private final Future<?> timeout;
    private @Nullable WorkerChannel channel;
    private boolean over;

    private WorkerStart(EventLoop loop, Outcome outcome) {
        this.outcome = outcome;
        this.timeout = loop.schedule(this::expired, TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Launches a worker. The outcome may come before this returns. */
    static WorkerStart begin(EventLoop loop, WorkerLauncher launcher, Outcome outcome) {
        WorkerStart start = new WorkerStart(loop, outcome);
        var unused = launcher.launch(loop).whenComplete((channel, failure) -> {
            if (failure == null) {
                start.launched(channel);
            } else {
                start.failed(Failure.REFUSED, String.valueOf(failure.getMessage()));
            }
        });
        return start;
    }

    private void launched(WorkerChannel launched) {
        if (over) {
            launched.kill();
        } else {
            channel = launched;
            launched.open(this);
        }
    }

    @Override
    public void ready(int maxRequests) {
        if (end() && channel != null) {
            outcome.started(channel, maxRequests);
        }
    }

    @Override
    public void startupFailed(String reason) {
        failed(Failure.REFUSED, reason);
    }

    @Override
    public void answered(Reply.Answer answer) {
        throw new IllegalStateException("an answer before a request");
    }

    @Override
    public void closed(String how) {
        failed(Failure.DIED, channel + " ended before it was ready (" + how + ")");
    }

    private void expired() {
        failed(Failure.SLOW, (channel == null ? "it" : channel) + " was not ready within " + TIMEOUT_SECONDS + " s");
    }

    private void failed(Failure failure, String reason) {
        if (end()) {
            if (channel != null) {
                channel.kill();
            }
            outcome.failed(failure, reason);
        }
    }

    /** Nobody needs the worker any more. */
    void cancel() {
        if (end() && channel != null) {
            channel.kill();
        }
    }

    private boolean end() {
        boolean first = !over;
        over = true;
        timeout.cancel(false);
        return first;
    }
}
