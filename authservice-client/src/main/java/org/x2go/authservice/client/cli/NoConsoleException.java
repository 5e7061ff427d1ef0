package org.x2go.authservice.client.cli;

import java.io.Serial;

/** Says that there is nobody to ask for a password. */
final class NoConsoleException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    NoConsoleException() {
        super("There is no terminal to ask for the password on: use --password-stdin");
    }
}
