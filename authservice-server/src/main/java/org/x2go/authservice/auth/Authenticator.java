package org.x2go.authservice.auth;

import org.x2go.authservice.protocol.Credentials;

/**
 * Decides whether credentials are right, and may block. The server calls it on several threads, so it must be
 * thread-safe. {@link AsyncAuthenticator} is for implementations that do not block.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Checks one request's credentials.
     *
     * @param credentials what to check; the server wipes them when this call has returned
     * @param peer the client's process
     * @return the result; only {@link org.x2go.authservice.protocol.Verdict#OK} lets the user in
     * @throws Exception if no verdict could be reached; the peer is answered {@code error}
     */
    AuthResult authenticate(Credentials credentials, PeerCredentials peer) throws Exception;
}
