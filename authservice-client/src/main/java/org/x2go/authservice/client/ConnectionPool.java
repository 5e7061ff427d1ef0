package org.x2go.authservice.client;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client: at most so many at a time, and those without work kept for a while. Who wants one {@link
 * #enter}s first, and {@link #leave}s when done; the longest waiting caller is next. Thread-safe.
 */
final class ConnectionPool {
    private final AuthClientOptions options;
    private final Semaphore places;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    ConnectionPool(AuthClientOptions options) {
        this.options = options;
        this.places = new Semaphore(options.maxConnections(), true);
    }

    /** Waits until this caller may use a connection; false if that took too long. */
    boolean enter(long maxNanos) throws InterruptedException {
        return places.tryAcquire(maxNanos, TimeUnit.NANOSECONDS);
    }

    /** Lets the next one in. */
    void leave() {
        places.release();
    }

    /** The connection that was used last, the one most likely to be still good, or null. */
    @Nullable
    Connection takeIdle() {
        return closed ? null : idle.pollFirst();
    }

    /** A new connection, not connected yet. */
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

    /** Takes back a connection that has no request in flight. */
    void keep(Connection connection) {
        connection.idleSince(System.nanoTime());
        idle.addFirst(connection);
        if (closed) {
            closeAll();
        }
    }

    /**
     * Closes the connections that have been idle for too long.
     *
     * @return how long until the next one will have been, in nanoseconds
     */
    long closeExpired(long now) {
        long next = options.idleTime().toNanos();
        for (Iterator<Connection> oldestFirst = idle.descendingIterator(); oldestFirst.hasNext(); ) {
            Connection connection = oldestFirst.next();
            long remaining = connection.idleSince() + options.idleTime().toNanos() - now;
            if (remaining > 0) {
                next = Math.min(next, remaining);
            } else if (idle.remove(connection)) { // else a call was faster
                connection.close();
            }
        }
        return next;
    }

    boolean hasIdle() {
        return !idle.isEmpty();
    }

    /** Closes what is idle, and whatever becomes idle from now on. There will be no new connection. */
    void close() {
        closed = true;
        closeAll();
    }

    private void closeAll() {
        for (Connection connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
            connection.close();
        }
    }
}
