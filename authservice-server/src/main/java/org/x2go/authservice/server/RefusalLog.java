package org.x2go.authservice.server;

import io.netty.util.concurrent.EventExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * Limits the log lines about requests that were refused without PAM: the first refusal of a peer user for each reason
 * is logged; later ones are counted, and one line every ten seconds has their number. Used on the event loop.
 */
final class RefusalLog {
    /** There are at most a dozen reasons, but a client may have many user ids, in a user namespace. */
    private static final int MAX_KINDS = 1000;

    private static final Kind OTHERS = new Kind(Verdict.ERROR, "refusals for further peer users", -1);

    private record Kind(Verdict verdict, String reason, int uid) {}

    private final EventExecutor loop;

    /** The refusals counted since the last line. */
    private final Map<Kind, Long> unlogged = new HashMap<>();

    RefusalLog(EventExecutor loop) {
        this.loop = loop;
    }

    /** Returns whether this refusal may be logged now; if not, counts it. */
    boolean tryAcquire(Verdict verdict, String reason, PeerCredentials peer) {
        Kind own = new Kind(verdict, reason, peer.uid());
        Kind kind = unlogged.size() < MAX_KINDS || unlogged.containsKey(own) ? own : OTHERS;
        boolean first = !unlogged.containsKey(kind);
        if (first) {
            begin(kind);
        } else {
            unlogged.merge(kind, 1L, Long::sum);
        }
        return first;
    }

    private void begin(Kind kind) {
        unlogged.put(kind, 0L);
        var unused = loop.schedule(() -> report(kind), LogRateLimiter.INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void report(Kind kind) {
        Long count = unlogged.remove(kind);
        if (count != null && count > 0) {
            RequestLog.unlogged(kind.verdict(), kind.reason(), kind.uid(), count);
            begin(kind);
        }
    }
}
