package org.x2go.authservice.auth;

import org.x2go.authservice.protocol.Credentials;

/**
 * Decides whether credentials are right, and may block while it does. The server calls it on threads of its own, several at a
 * time, so it must be thread-safe. {@link AsyncAuthenticator} is for those that need no thread.
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
}
