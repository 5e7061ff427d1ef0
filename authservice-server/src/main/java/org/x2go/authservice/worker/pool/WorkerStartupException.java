package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.io.Serial;

/** Says that no worker can be started, or that none can work here, and what would help. */
public final class WorkerStartupException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    WorkerStartupException(String reason) {
        super(reason);
    }
}
