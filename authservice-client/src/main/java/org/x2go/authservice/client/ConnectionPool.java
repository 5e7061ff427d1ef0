package org.x2go.authservice.client;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client: a bounded number, and idle ones are kept for a while. A call {@link #acquire}s a permit,
 * uses a connection, and {@link #release}s the permit. Calls get permits in the order in which they asked. Thread-safe.
 */
final class ConnectionPool {
    private final AuthClientOptions options;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    ConnectionPool(AuthClientOptions options) {
        this.options = options;
        this.permits = new Semaphore(options.maxConnections(), true);
    }

    /** Waits for a permit to use a connection; false if that took too long. */
    boolean acquire(long maxNanos) throws InterruptedException {
        return permits.tryAcquire(maxNanos, TimeUnit.NANOSECONDS);
    }

    /** Gives a permit back. */
    void release() {
        permits.release();
    }

    /** Takes the idle connection that was used last, which is the most likely to be open still; null if there is none. */
    @Nullable
    Connection takeIdle() {
        return closed ? null : idle.pollFirst();
    }

    /** Makes a connection; it is connected later. */
    Connection create() throws AuthServiceException {
        if (closed) {
            throw Failures.clientClosed(options.socket());
        }
        try {
            return new Connection(options.address(), options.verifier());
        } catch (IOException e) {
            throw Failures.cannotConnect(options.socket(), e);
        }
    }

    /** Keeps a connection that has no request in flight. */
    void keep(Connection connection) {
        connection.idleSince(System.nanoTime());
        idle.addFirst(connection);
        if (closed) {
            closeIdle();
        }
    }

    /**
     * Closes the connections that have been idle for too long.
     *
     * @return nanoseconds after which to call this again: until the next idle connection expires, at most the idle time
     */
    long closeExpired(long now) {
        long next = options.idleTime().toNanos();
        for (Iterator<Connection> oldestFirst = idle.descendingIterator(); oldestFirst.hasNext(); ) {
            Connection connection = oldestFirst.next();
            long remaining = connection.idleSince() + options.idleTime().toNanos() - now;
            if (remaining > 0) {
                next = Math.min(next, remaining);
            } else if (idle.remove(connection)) { // else a call has just taken it
                connection.close();
            }
        }
        return next;
    }

    boolean hasIdle() {
        return !idle.isEmpty();
    }

    /** Closes idle connections, now and whenever one becomes idle, and makes no new ones. */
    void close() {
        closed = true;
        closeIdle();
    }

    private void closeIdle() {
        for (Connection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }
}
