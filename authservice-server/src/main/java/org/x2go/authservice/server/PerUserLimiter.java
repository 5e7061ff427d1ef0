package org.x2go.authservice.server;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.x2go.authservice.auth.FoldedName;
import org.x2go.authservice.auth.PeerCredentials;

/**
 * Limits how many attempts to log in as one user may run or be delayed at the same time, so that the fail delay limits
 * the rate of guesses over any number of connections.
 *
 * <p>Attempts are counted by peer user and folded user name. A name is stored only while an attempt holds one of its
 * permits, so names take no more memory than attempts. An attempt without a permit waits in line and occupies no PAM
 * thread or worker. Used on the event loop.
 */
final class PerUserLimiter {
    private final int perUser;
    private final Map<Key, Permits> users = new HashMap<>();
    private int waiting;

    /** Creates a limiter with this many permits for each user; 0 is no limit. */
    PerUserLimiter(int perUser) {
        this.perUser = perUser;
    }

    /** Attempts with equal keys are counted together. */
    record Key(int peerUid, String user) {
        static Key of(PeerCredentials peer, String user) {
            return new Key(peer.uid(), FoldedName.of(user));
        }
    }

    private static final class Permits {
        private int held;
        private final Set<BooleanSupplier> waiters = new LinkedHashSet<>();
    }

    /**
     * Takes a permit and returns true, or adds the waiter to the line and returns false.
     *
     * @param waiter called with a permit; returns false if it no longer needs the permit
     */
    boolean tryAcquire(Key key, BooleanSupplier waiter) {
        if (perUser == 0) {
            return true;
        }
        Permits permits = users.computeIfAbsent(key, none -> new Permits());
        if (permits.held < perUser) {
            permits.held++;
            return true;
        }
        permits.waiters.add(waiter);
        waiting++;
        return false;
    }

    /** Releases a permit, to the first waiter that still needs it, if there is one. */
    void release(Key key) {
        Permits permits = users.get(key);
        if (permits == null) {
            return;
        }
        while (!permits.waiters.isEmpty()) {
            BooleanSupplier first = permits.waiters.iterator().next();
            remove(permits, first);
            if (first.getAsBoolean()) {
                return;
            }
        }
        permits.held--;
        if (permits.held == 0) {
            users.remove(key);
        }
    }

    /** Removes a waiter from the line. */
    void cancel(Key key, BooleanSupplier waiter) {
        Permits permits = users.get(key);
        if (permits != null) {
            remove(permits, waiter);
        }
    }

    private void remove(Permits permits, BooleanSupplier waiter) {
        if (permits.waiters.remove(waiter)) {
            waiting--;
        }
    }

    /** How many attempts wait for a permit. */
    int waiting() {
        return waiting;
    }

    /** How many user names are stored. */
    int users() {
        return users.size();
    }
}
