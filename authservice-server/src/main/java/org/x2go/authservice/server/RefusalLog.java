package org.x2go.authservice.server;

import io.netty.util.concurrent.EventExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Verdict;

/**
 * Decides which requests that were refused without PAM have a line of their own in the log: a peer user's first one for each
 * reason. Those that follow are counted, and every ten seconds one line says how many there were. So peers cannot make the log
 * grow by more than that. Used on the event loop.
 */
final class RefusalLog {
    /** Each peer user has a dozen reasons at most; but one peer may have many users, in a user namespace. */
    private static final int MAX_KINDS = 1000;

    private static final Kind OTHERS = new Kind(Verdict.ERROR, "refusals for further peer users", -1);

    private record Kind(Verdict verdict, String reason, int uid) {}

    private final EventExecutor loop;

    /** How many were counted since the last line. */
    private final Map<Kind, Long> unlogged = new HashMap<>();

    RefusalLog(EventExecutor loop) {
        this.loop = loop;
    }

    /** Whether this refusal is to be logged now. If not, it is counted. */
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
