package org.x2go.authservice.auth;

import java.util.concurrent.CompletionStage;
import org.x2go.authservice.protocol.Credentials;

/**
 * Decides whether credentials are right, without blocking its caller, the server's event loop. It limits how many
 * requests wait, and answers further ones with an error. Its methods are called on the event loop, except {@link
 * #close}.
 */
public interface AsyncAuthenticator extends AutoCloseable {
    /**
     * Checks one request's credentials. Must return at once.
     *
     * <p>The server cancels the result, by {@code toCompletableFuture().cancel}, when it is no longer needed. {@code
     * cancel(false)} means that the peer has disconnected: a request that has not begun need not begin. {@code
     * cancel(true)} means that the request's deadline has passed: a check that has begun is to be stopped. A future
     * that can do neither returns false and completes later. Until then it holds one of its user's permits, though the
     * peer is answered at the deadline.
     *
     * @param credentials what to check; the authenticator closes them as soon as it no longer needs the password
     * @param peer the client's process
     * @return completed with the result, on any thread; only {@link org.x2go.authservice.protocol.Verdict#OK} lets the
     *     user in. An exception is answered {@code error}.
     */
    CompletionStage<AuthResult> authenticate(Credentials credentials, PeerCredentials peer);

    /** The authenticator's present load. */
    default Load load() {
        return new Load(0, 0, 0);
    }

    /**
     * Stops the authenticator: requests that it has fail with an error, if it can stop them. Called by the thread that
     * closes the server.
     */
    @Override
    default void close() {}

    /**
     * The load of an authenticator.
     *
     * @param waiting how many requests have not begun
     * @param running how many are being checked
     * @param hung how many of these have passed their deadline, and cannot be stopped
     */
    record Load(int waiting, int running, int hung) {}
}
