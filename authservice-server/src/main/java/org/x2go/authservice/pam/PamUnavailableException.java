package org.x2go.authservice.pam;

import java.io.Serial;

/** Says that PAM cannot be asked at all on this machine, and what would help. */
public final class PamUnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    PamUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
