package org.x2go.authservice.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.protocol.Wipe;

/**
 * One request, from the call to its answer. One thread runs it; any other may {@link #stop} it, before and during that.
 *
 * <p>Blocking input and output on a socket knows no timeout: stopping closes the connection under the running thread.
 */
final class Call {
    /** Why a call ends before its answer. */
    enum Stop {
        TIMED_OUT,
        CANCELLED,
        CLIENT_CLOSED
    }

    private final AuthClientOptions options;
    private final ByteBuffer request;
    private final long deadline;

    // Guarded by this.
    private boolean running;
    private @Nullable Connection connection;
    private @Nullable Stop stopped;

    /**
     * A call whose time starts now.
     *
     * @param request what will be sent; the call wipes it
     */
    Call(AuthClientOptions options, ByteBuffer request) {
        this.options = options;
        this.request = request;
        this.deadline = System.nanoTime() + options.timeout().toNanos();
    }

    /** How much of the call's time is left, in nanoseconds. */
    long remaining(long now) {
        return deadline - now;
    }

    /** Ends the call, unless it has its answer already. */
    synchronized void stop(Stop reason) {
        if (stopped != null) {
            return;
        }
        stopped = reason;
        if (connection != null) {
            connection.close();
        }
        if (!running) {
            Wipe.wipe(request);
        }
    }

    /** Asks, and waits for the answer. */
    boolean run(ConnectionPool pool) throws AuthServiceException, InterruptedIOException {
        try {
            start();
            if (!pool.enter(remaining(System.nanoTime()))) {
                throw Failures.allBusy(options.socket(), options.maxConnections(), options.timeout());
            }
            try {
                return isAccepted(exchange(pool));
            } finally {
                pool.leave();
            }
        } catch (InterruptedException | ClosedByInterruptException e) {
            throw interrupted(e);
        } catch (ClosedChannelException e) {
            throw stopped(e);
        } catch (AuthServiceException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.connectionLost(options.socket(), e);
        } finally {
            Wipe.wipe(request);
        }
    }

    private Verdict exchange(ConnectionPool pool) throws IOException {
        for (Connection kept = pool.takeIdle(); kept != null; kept = pool.takeIdle()) {
            try (Held held = new Held(kept)) {
                if (kept.isQuiet() && isSent(kept)) {
                    return held.answer(pool);
                }
            }
        }
        Connection fresh = pool.create();
        try (Held held = new Held(fresh)) {
            fresh.connect();
            fresh.send(request);
            return held.answer(pool);
        }
    }

    /**
     * Sends the request on a connection that the service may have closed in this very moment. Only if not one byte was taken
     * may it be sent again elsewhere: what the service has read, PAM may have counted as an attempt.
     */
    private boolean isSent(Connection kept) throws IOException {
        try {
            kept.send(request);
            return true;
        } catch (IOException e) {
            if (request.position() > 0) {
                throw e;
            }
            return false;
        }
    }

    private boolean isAccepted(Verdict verdict) throws AuthServiceException {
        return switch (verdict) {
            case OK -> true;
            case FAIL -> false;
            case BAD -> throw Failures.malformed(options.socket());
            case ERROR -> throw Failures.noVerdict(options.socket());
        };
    }

    private synchronized void start() throws ClosedChannelException {
        if (stopped != null) {
            throw new ClosedChannelException();
        }
        running = true;
    }

    private synchronized boolean hold(Connection wanted) {
        connection = wanted;
        return stopped == null;
    }

    /** Lets go of the connection; false if it was closed meanwhile. */
    private synchronized boolean release() {
        connection = null;
        return stopped == null;
    }

    private static InterruptedIOException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted =
                new InterruptedIOException("interrupted while waiting for the authservice");
        interrupted.initCause(cause);
        return interrupted;
    }

    private synchronized AuthServiceException stopped(ClosedChannelException cause) {
        if (stopped == null) {
            return Failures.connectionLost(options.socket(), cause);
        }
        return switch (stopped) {
            case TIMED_OUT -> Failures.timedOut(options.socket(), options.timeout());
            case CLIENT_CLOSED -> Failures.clientClosed(options.socket());
            case CANCELLED -> throw new CancellationException(); // its future is complete: nobody hears of this
        };
    }

    /** A connection while this call has it: closed in the end, unless it was given to the pool after an answer. */
    private final class Held implements AutoCloseable {
        private final Connection held;
        private boolean kept;

        Held(Connection held) throws ClosedChannelException {
            this.held = held;
            if (!hold(held)) {
                close();
                throw new ClosedChannelException();
            }
        }

        Verdict answer(ConnectionPool pool) throws IOException {
            Verdict verdict = held.receive();
            // A service that answers anything else may be about to end the connection.
            boolean healthy = verdict == Verdict.OK || verdict == Verdict.FAIL;
            if (release() && healthy) {
                kept = true;
                pool.keep(held);
            }
            return verdict;
        }

        @Override
        public void close() {
            release();
            if (!kept) {
                held.close();
            }
        }
    }
}
