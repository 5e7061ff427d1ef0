package org.x2go.authservice.worker.pool;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/** A request of a pool, which waits for a worker or was sent to one. Used on the event loop. */
final class PooledRequest extends CompletableFuture<AuthResult> {
    private final WorkerPool pool;
    private final Credentials credentials;
    private final PeerCredentials peer;
    private final long since;
    private @Nullable PooledWorker worker;

    PooledRequest(WorkerPool pool, Credentials credentials, PeerCredentials peer, long now) {
        this.pool = pool;
        this.credentials = credentials;
        this.peer = peer;
        this.since = now;
    }

    Credentials credentials() {
        return credentials;
    }

    PeerCredentials peer() {
        return peer;
    }

    String service() {
        return credentials.service();
    }

    /** The time when the pool got it. */
    long since() {
        return since;
    }

    /** The worker that has it, or null while it waits for one. */
    @Nullable
    PooledWorker worker() {
        return worker;
    }

    void assign(@Nullable PooledWorker assigned) {
        worker = assigned;
    }

    /** Completes the request. */
    void end(AuthResult result) {
        credentials.close();
        complete(result);
    }

    /**
     * As {@link org.x2go.authservice.auth.AsyncAuthenticator#authenticate} says: a busy worker can be stopped.
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        pool.cancel(this, mayInterruptIfRunning);
        return isDone();
    }
}
