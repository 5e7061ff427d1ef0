package org.x2go.authservice.server;

import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.Verdict;

/** One line in the log for each request. Names come from outside and are escaped; passwords never come here. */
final class RequestLog {
    private static final Logger LOG = LogManager.getLogger("org.x2go.authservice.request");

    private static final int USUAL_LENGTH = 200;
    private static final long TENTH_NANOS = 100_000;

    private RequestLog() {}

    /** A verdict, when it is known: its reply may still be held back. */
    static void verdict(AuthResult result, Credentials credentials, PeerCredentials peer, Duration took) {
        String line = line(result.verdict().word(), result, credentials, peer, took);
        if (result.verdict() == Verdict.ERROR) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
    }

    /** What became of a request that was answered {@code error} at its deadline. */
    static void late(AuthResult result, Credentials credentials, PeerCredentials peer, Duration took) {
        LOG.warn(line("too late, error was sent: " + result.verdict().word(), result, credentials, peer, took));
    }

    /** A request is answered {@code error} because its worker has not come back. */
    static void expired(Credentials credentials, PeerCredentials peer, Duration timeout) {
        AuthResult result =
                AuthResult.error("no verdict from PAM within " + timeout.toSeconds() + " s, its worker is stuck");
        LOG.warn(line(Verdict.ERROR.word(), result, credentials, peer, timeout));
    }

    /** A malformed request, and how many others of its connection were not logged since the one before. */
    static void malformed(MalformedRequestException.Reason reason, PeerCredentials peer, long unlogged) {
        String more = unlogged == 0 ? "" : " unlogged=" + unlogged;
        LOG.info("{} reason=\"{}\" {}{}", Verdict.BAD.word(), reason.text(), peer(peer), more);
    }

    static void authenticatorFailed(Throwable cause) {
        LOG.error("The authenticator failed; the request is answered \"error\"", cause);
    }

    static void nobodyLeft() {
        LOG.debug("A worker came back from PAM after the server was closed");
    }

    private static String line(
            String what, AuthResult result, Credentials credentials, PeerCredentials peer, Duration took) {
        StringBuilder line = new StringBuilder(USUAL_LENGTH);
        line.append(what).append(" user=\"").append(LogText.escape(credentials.user()));
        line.append("\" service=\"").append(LogText.escape(credentials.service()));
        line.append("\" reason=\"").append(result.reason()).append("\" pam_ms=");
        appendMillis(line, took);
        line.append(" delay_ms=").append(result.failDelay().toMillis());
        return line.append(' ').append(peer(peer)).toString();
    }

    /** With one digit behind the point. A formatter would take longer than all the rest of the line. */
    private static void appendMillis(StringBuilder line, Duration time) {
        long tenths = (time.toNanos() + TENTH_NANOS / 2) / TENTH_NANOS;
        line.append(tenths / 10).append('.').append(tenths % 10);
    }

    private static String peer(PeerCredentials peer) {
        return "peer_pid=" + peer.pid() + " peer_uid=" + Integer.toUnsignedString(peer.uid());
    }
}
