package org.x2go.authservice.worker.pool;

import java.io.Serial;

/** Says that no worker can work on this machine, and what would help. */
final class UnfitException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    UnfitException(String reason) {
        super(reason);
    }

    UnfitException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
