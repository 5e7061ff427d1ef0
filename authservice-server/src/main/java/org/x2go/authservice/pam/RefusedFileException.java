package org.x2go.authservice.pam;

import java.io.Serial;

/** libpam must not read a file, because it would fail, or because its versions would read the file differently. */
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
