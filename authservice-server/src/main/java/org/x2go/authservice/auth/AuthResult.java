package org.x2go.authservice.auth;

import java.time.Duration;
import org.x2go.authservice.protocol.Verdict;

/**
 * The result of a check of credentials.
 *
 * @param verdict the reply: {@code OK}, {@code FAIL} or {@code ERROR}
 * @param reason the reason, in a few words for the log; the peer does not get it
 * @param failDelay how long the reply is delayed, to slow down guessing; zero for {@code OK}
 * @param took the duration of the check; zero if it was not measured or did not begin
 */
public record AuthResult(Verdict verdict, String reason, Duration failDelay, Duration took) {
    /** Checks that the verdict is not {@code BAD} and the delay is valid. */
    public AuthResult {
        if (verdict == Verdict.BAD) {
            throw new IllegalArgumentException("BAD is the verdict of malformed requests only");
        }
        if (failDelay.isNegative() || (verdict == Verdict.OK && !failDelay.isZero())) {
            throw new IllegalArgumentException("No " + verdict + " can be delayed by " + failDelay);
        }
    }

    /** The credentials are right. */
    public static AuthResult ok() {
        return new AuthResult(Verdict.OK, "accepted", Duration.ZERO, Duration.ZERO);
    }

    /**
     * The credentials or the service are refused, without a delay.
     *
     * @param reason the reason, in a few words for the log
     * @return a result with the verdict {@code FAIL}
     */
    public static AuthResult fail(String reason) {
        return new AuthResult(Verdict.FAIL, reason, Duration.ZERO, Duration.ZERO);
    }

    /**
     * No verdict could be reached.
     *
     * @param reason the reason, in a few words for the log
     * @return a result with the verdict {@code ERROR}
     */
    public static AuthResult error(String reason) {
        return new AuthResult(Verdict.ERROR, reason, Duration.ZERO, Duration.ZERO);
    }

    /**
     * The same result with a delayed reply.
     *
     * @param failDelay how long the reply is delayed; the server limits it to {@code --max-fail-delay}
     * @throws IllegalArgumentException if the delay is negative, or the verdict is {@code OK} and the delay not zero
     */
    public AuthResult delayedBy(Duration failDelay) {
        return new AuthResult(verdict, reason, failDelay, took);
    }

    /**
     * The same result with the duration of the check.
     *
     * @param took the duration of the check
     */
    public AuthResult measured(Duration took) {
        return new AuthResult(verdict, reason, failDelay, took);
    }
}
