package org.x2go.authservice.client.transport;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown if a socket is not known to be served by a trusted user: another user serves it, whom the message names, or the user
 * cannot be found out.
 */
public final class UntrustedServerException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    UntrustedServerException(String message) {
        super(message);
    }

    UntrustedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
