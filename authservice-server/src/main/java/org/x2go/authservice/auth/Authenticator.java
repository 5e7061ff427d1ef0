package org.x2go.authservice.auth;

import java.time.Duration;
import org.x2go.authservice.protocol.Credentials;

/**
 * Decides whether credentials are right. The server calls it on its worker threads, several at a time, so it must be
 * thread-safe and may block.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Checks one request's credentials.
     *
     * @param credentials what to check; they stay the caller's, who wipes them when this call has returned
     * @param peer who asks
     * @return the result; only {@link org.x2go.authservice.protocol.Verdict#OK} lets the user in
     * @throws Exception if no verdict could be reached; the peer is answered {@code error}
     */
    AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws Exception;

    /**
     * Checks one request's credentials, by an authenticator that may be able to give up in time. Unless it is overridden
     * this does not, and the server answers in its place when the time is over.
     *
     * @param patience how long anybody will wait for the result
     */
    default AuthResult authenticate(Credentials credentials, PeerCredentials peer, Duration patience) throws Exception {
        return authenticate(credentials, peer);
    }

    /**
     * Whether something else than the calling thread is computing what it has asked for, or would if a processor were free:
     * then the server does not have more computed at a time than there are processors. The calling thread itself is the
     * server's to look at. Unless this is overridden, there is nothing else. Must return at once.
     *
     * @param caller a thread that may be in {@link #authenticate} now
     */
    default boolean isComputing(Thread caller) {
        return false;
    }
}
