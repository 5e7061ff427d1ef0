package org.x2go.authservice.auth;

import java.time.Duration;
import org.x2go.authservice.protocol.Verdict;

/**
 * What came of checking one request's credentials.
 *
 * @param verdict what the peer is told: {@code OK}, {@code FAIL} or {@code ERROR}
 * @param reason why, in a few words for the log; the peer does not see it
 * @param failDelay how long the reply is held back, to slow down guessing; zero for {@code OK}
 * @param took how long it was worked on; zero if that was not measured, or nothing was begun
 */
public record AuthResult(Verdict verdict, String reason, Duration failDelay, Duration took) {
    /** Checks what the components promise. */
    public AuthResult {
        if (verdict == Verdict.BAD) {
            throw new IllegalArgumentException("BAD is for requests that cannot be read");
        }
        if (failDelay.isNegative() || (verdict == Verdict.OK && !failDelay.isZero())) {
            throw new IllegalArgumentException("No " + verdict + " can be delayed by " + failDelay);
        }
    }

    /** The credentials are right. */
    public static AuthResult ok() {
        return new AuthResult(Verdict.OK, "accepted", Duration.ZERO, Duration.ZERO);
    }

    /** The credentials, or what is asked for, are refused, without a delay. */
    public static AuthResult fail(String reason) {
        return new AuthResult(Verdict.FAIL, reason, Duration.ZERO, Duration.ZERO);
    }

    /** No verdict could be reached. */
    public static AuthResult error(String reason) {
        return new AuthResult(Verdict.ERROR, reason, Duration.ZERO, Duration.ZERO);
    }

    /** The same result, its reply held back. */
    public AuthResult delayedBy(Duration failDelay) {
        return new AuthResult(verdict, reason, failDelay, took);
    }

    /** The same result, with the time that was spent on it. */
    public AuthResult measured(Duration took) {
        return new AuthResult(verdict, reason, failDelay, took);
    }
}
