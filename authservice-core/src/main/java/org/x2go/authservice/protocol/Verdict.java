package org.x2go.authservice.protocol;

import java.util.Optional;

/** The service's answer to a request, and its word on the wire. */
public enum Verdict {
    /** PAM accepted exactly this user, password and service. */
    OK("ok"),

    /** PAM, or the service's policy, refused: wrong password, unknown user, expired account, service not allowed. */
    FAIL("fail"),

    /** The request was malformed; nothing was asked of PAM. */
    BAD("bad"),

    /** No verdict: a PAM module or a directory server failed, or the service is overloaded or stopping. */
    ERROR("error");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** Returns the word for this verdict on the wire, without the newline that ends a reply. */
    public String word() {
        return word;
    }

    /** Returns the verdict for a reply's word, given without its newline; empty if there is none. */
    public static Optional<Verdict> ofWord(String word) {
        for (Verdict verdict : values()) {
            if (verdict.word.equals(word)) {
                return Optional.of(verdict);
            }
        }
        return Optional.empty();
    }
}
