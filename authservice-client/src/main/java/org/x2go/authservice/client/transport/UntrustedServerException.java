package org.x2go.authservice.client.transport;

import java.io.IOException;
import java.io.Serial;

/** Thrown if a socket is served by a user who is not trusted with passwords. The message names that user. */
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
