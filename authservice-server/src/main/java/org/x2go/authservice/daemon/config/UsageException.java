package org.x2go.authservice.daemon.config;

import java.io.Serial;

/** An option or a setting is wrong; the message says why, in one line. */
public final class UsageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
