package org.x2go.authservice.pam;

import java.io.Serial;

/** Says that a file must not be passed on to libpam, which would not read it, or in a way that cannot be told. */
final class RefusedFileException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    RefusedFileException(String reason, String advice) {
        super(reason, null, false, false);
        this.refusal = new Refusal(reason, advice);
    }

    Refusal refusal() {
        return refusal;
    }
}
