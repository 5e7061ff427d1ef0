package org.x2go.authservice.junit;

import java.time.Duration;

/**
 * What the server answers a request.
 *
 * @param verdict the reply's word
 * @param delay how long it is held back; zero for {@code OK}
 */
public record Reply(Verdict verdict, Duration delay) {
    /** The words that a test can have the server answer. */
    public enum Verdict {
        /** The credentials are right. */
        OK,
        /** The credentials, or what is asked for, are refused. */
        FAIL,
        /** No verdict could be reached. */
        ERROR
    }

    /** Checks what the components promise. */
    public Reply {
        if (delay.isNegative() || (verdict == Verdict.OK && !delay.isZero())) {
            throw new IllegalArgumentException("No " + verdict + " can be delayed by " + delay);
        }
    }

    /** The user may log in. */
    public static Reply ok() {
        return new Reply(Verdict.OK, Duration.ZERO);
    }

    /** PAM refuses, as it does a wrong password. */
    public static Reply fail() {
        return new Reply(Verdict.FAIL, Duration.ZERO);
    }

    /** PAM could not decide. */
    public static Reply error() {
        return new Reply(Verdict.ERROR, Duration.ZERO);
    }

    /** The same reply, held back as PAM's is after a wrong password. Other requests do not wait for it. */
    public Reply delayedBy(Duration time) {
        return new Reply(verdict, time);
    }
}
