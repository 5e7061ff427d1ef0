package org.x2go.authservice.protocol;

import java.util.Optional;

/** What the service answers to a request, and the word for it on the wire. */
public enum Verdict {
    /** PAM accepted exactly this user, password and service. */
    OK("ok"),

    /** PAM, or the service's policy, refused: wrong password, unknown user, expired account, service not allowed. */
    FAIL("fail"),

    /** The request was malformed; nothing was asked of PAM. */
    BAD("bad"),

    /** No verdict could be reached: a PAM module or directory is out of order, or the service is overloaded or stopping. */
    ERROR("error");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** The word that stands for this verdict on the wire, without the newline that ends a reply. */
    public String word() {
        return word;
    }

    /** The verdict that a reply's word (without its newline) stands for, or empty if no verdict has that word. */
    public static Optional<Verdict> ofWord(String word) {
        for (Verdict verdict : values()) {
            if (verdict.word.equals(word)) {
                return Optional.of(verdict);
            }
        }
        return Optional.empty();
    }
}
