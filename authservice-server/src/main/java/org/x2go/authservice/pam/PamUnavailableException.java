package org.x2go.authservice.pam;

import java.io.Serial;

/** PAM cannot be called on this machine; the message says why and what to do. */
public final class PamUnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    PamUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
