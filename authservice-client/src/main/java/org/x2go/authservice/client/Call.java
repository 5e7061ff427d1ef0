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
 * One request and its answer. One thread runs it; any other may {@link #stop} it, before it runs or while it does.
 *
 * <p>Blocking I/O on a socket has no timeout: stopping a call closes its connection, which wakes the thread.
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
            if (!pool.acquire(remaining(System.nanoTime()))) {
                throw Failures.allBusy(options.socket(), options.maxConnections(), options.timeout());
            }
            try {
                return isAccepted(exchange(pool));
            } finally {
                pool.release();
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
            try (Lease lease = new Lease(kept)) {
                if (kept.isReusable() && trySend(kept)) {
                    return lease.receive(pool);
                }
            }
        }
        Connection fresh = pool.create();
        try (Lease lease = new Lease(fresh)) {
            fresh.connect();
            fresh.send(request);
            return lease.receive(pool);
        }
    }

    /**
     * Sends the request on a kept connection, which the service may be closing. False if not one byte was taken: only then may
     * the request be sent again, on another connection, because what the service has read may count as an attempt for PAM.
     */
    private boolean trySend(Connection kept) throws IOException {
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

    /** Makes {@link #stop} close this connection; false if the call was stopped already. */
    private synchronized boolean attach(Connection used) {
        connection = used;
        return stopped == null;
    }

    /** Undoes {@link #attach}; false if the call was stopped, and the connection closed. */
    private synchronized boolean detach() {
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
            case CANCELLED -> throw new CancellationException(); // its future is complete: nobody sees this
        };
    }

    /** The use of a connection by this call, which closes it unless it was returned to the pool after an answer. */
    private final class Lease implements AutoCloseable {
        private final Connection leased;
        private boolean kept;

        Lease(Connection connection) throws ClosedChannelException {
            leased = connection;
            if (!attach(connection)) {
                close();
                throw new ClosedChannelException();
            }
        }

        Verdict receive(ConnectionPool pool) throws IOException {
            Verdict verdict = leased.receive();
            // After any other answer the service may be about to close the connection.
            boolean healthy = verdict == Verdict.OK || verdict == Verdict.FAIL;
            if (detach() && healthy) {
                kept = true;
                pool.keep(leased);
            }
            return verdict;
        }

        @Override
        public void close() {
            detach();
            if (!kept) {
                leased.close();
            }
        }
    }
}
