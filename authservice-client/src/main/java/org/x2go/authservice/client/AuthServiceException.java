package org.x2go.authservice.client;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown if there is no verdict on a user's password. It is never thrown for a wrong password.
 *
 * <p>The message is for people, on one line, and names the socket. It never holds the name or password of who
 * logs in, or anything that the service sent.
 */
public final class AuthServiceException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What kept the client from a verdict. */
    public enum Kind {
        /**
         * The service could not be reached: there is no socket, nobody listens on it, or this process may not write to it.
         * Nothing was asked.
         */
        UNAVAILABLE,

        /**
         * The socket is served by a user whom the client does not trust with passwords, see {@link
         * AuthClientBuilder#serverUser}, or the system does not tell who that is. Nothing was sent.
         */
        UNTRUSTED_SERVER,

        /**
         * No answer came in time. Whether the service asked PAM is unknown, unless the message says that every connection
         * stayed busy: then nothing was asked.
         */
        TIMEOUT,

        /** The service answered that it could not reach a verdict ({@code error}). Its log says why. */
        NO_VERDICT,

        /**
         * The service ended the connection without an answer: it crashed or was killed, or X2Go's Python service got
         * a request that was too long for it. Whether it asked PAM is unknown, so the client does not ask again by itself.
         */
        CONNECTION_LOST,

        /**
         * The service rejected the request as malformed ({@code bad}), or sent something that is not an answer of the
         * protocol: perhaps another program listens there.
         */
        PROTOCOL,

        /** The client was closed, before the call or during it. */
        CLIENT_CLOSED
    }

    private final Kind kind;

    /**
     * Creates an exception. Only the client and programs' tests need to.
     *
     * @param kind what kept the client from a verdict
     * @param message a message for people, on one line
     */
    public AuthServiceException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /**
     * Creates an exception with a cause.
     *
     * @param kind what kept the client from a verdict
     * @param message a message for people, on one line
     * @param cause the exception that led to it
     */
    public AuthServiceException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns what kept the client from a verdict. */
    public Kind kind() {
        return kind;
    }
}
