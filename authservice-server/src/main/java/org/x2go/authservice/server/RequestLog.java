package org.x2go.authservice.server;

import java.time.Duration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.Verdict;

/**
 * Logs each verdict of PAM, and the refusals that {@link RefusalLog} permits. Names are escaped; passwords are never
 * passed to this class.
 */
final class RequestLog {
    private static final Logger LOG = LogManager.getLogger("org.x2go.authservice.request");

    private static final int USUAL_LENGTH = 200;
    private static final long TENTH_NANOS = 100_000;

    private RequestLog() {}

    /** Logs a verdict as soon as it is known; its reply may be delayed. */
    static void verdict(AuthResult result, Credentials credentials, PeerCredentials peer) {
        String line = line(result.verdict().word(), result, credentials, peer);
        if (result.verdict() == Verdict.ERROR) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
    }

    /** Logs the late result of a request that was answered {@code error} at its deadline. */
    static void late(AuthResult result, Credentials credentials, PeerCredentials peer) {
        String what = "verdict after timeout (the client got error): "
                + result.verdict().word();
        LOG.warn(line(what, result, credentials, peer));
    }

    /** Logs a malformed request. */
    static void malformed(MalformedRequestException.Reason reason, PeerCredentials peer) {
        LOG.info("{} reason=\"{}\" {}", Verdict.BAD.word(), reason.text(), peer(peer));
    }

    /** Logs how many refusals of a peer user for this reason have no line of their own. */
    static void unlogged(Verdict verdict, String reason, int uid, long count) {
        LOG.log(
                verdict == Verdict.ERROR ? Level.WARN : Level.INFO,
                "{} reason=\"{}\" peer_uid={} unlogged={}",
                verdict.word(),
                reason,
                Integer.toUnsignedString(uid),
                count);
    }

    static void authenticatorFailed(Throwable cause) {
        LOG.error("The authenticator failed; the request is answered \"error\"", cause);
    }

    /** Logs that a line could not be written. */
    static void failed(RuntimeException cause) {
        LOG.error("A request's line cannot be logged", cause);
    }

    static void nobodyLeft() {
        LOG.debug("A verdict came after the server was closed");
    }

    private static String line(String what, AuthResult result, Credentials credentials, PeerCredentials peer) {
        StringBuilder line = new StringBuilder(USUAL_LENGTH);
        line.append(what).append(" user=\"").append(LogText.escape(credentials.user()));
        line.append("\" service=\"").append(LogText.escape(credentials.service()));
        line.append("\" reason=\"").append(result.reason()).append("\" pam_ms=");
        appendMillis(line, result.took());
        line.append(" delay_ms=").append(result.failDelay().toMillis());
        return line.append(' ').append(peer(peer)).toString();
    }

    /** With one decimal. A formatter would take longer than the rest of the line. */
    private static void appendMillis(StringBuilder line, Duration time) {
        long tenths = (time.toNanos() + TENTH_NANOS / 2) / TENTH_NANOS;
        line.append(tenths / 10).append('.').append(tenths % 10);
    }

    private static String peer(PeerCredentials peer) {
        return "peer_pid=" + peer.pid() + " peer_uid=" + Integer.toUnsignedString(peer.uid());
    }
}
