package org.x2go.authservice.pam;

import java.io.Serial;

/** libpam must not read a file: it would fail, crash, block or use another file, or its versions would read it differently. */
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
