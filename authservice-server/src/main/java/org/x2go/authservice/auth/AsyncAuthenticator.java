package org.x2go.authservice.auth;

import java.util.concurrent.CompletionStage;
import org.x2go.authservice.protocol.Credentials;

/**
 * Decides whether credentials are right without blocking its caller, which is the server's event loop. It bounds how many
 * requests it lets wait, and answers those beyond with an error.
 */
public interface AsyncAuthenticator extends AutoCloseable {
    /**
     * Checks one request's credentials. Must return at once.
     *
     * <p>The server cancels the result, by {@code toCompletableFuture().cancel}, when nobody needs it any more. {@code
     * cancel(false)}, when the peer has left: a request that nothing was begun for need not be begun. {@code cancel(true)},
     * at the request's deadline: what was begun is to be stopped. A future that can do neither returns false and completes
     * later; until then its user's next requests may wait, and the peer is answered at the deadline all the same.
     *
     * @param credentials what to check; who is asked closes them, as soon as the password is needed no more
     * @param peer who asks
     * @return completed with the result, on any thread; only {@link org.x2go.authservice.protocol.Verdict#OK} lets the user in.
     *     An exception is answered {@code error}.
     */
    CompletionStage<AuthResult> authenticate(Credentials credentials, PeerCredentials peer);

    /** What it is doing now. Called on the event loop. */
    default Load load() {
        return new Load(0, 0, 0);
    }

    /** Takes no more requests, and ends those that it has with an error where it can. Called by the thread that stops the server. */
    @Override
    default void close() {}

    /**
     * What an authenticator is doing.
     *
     * @param waiting how many requests nothing was begun for
     * @param running how many are being checked
     * @param hung how many of these have passed their deadline, and cannot be stopped
     */
    record Load(int waiting, int running, int hung) {}
}
