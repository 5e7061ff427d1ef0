package org.x2go.authservice.server;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.x2go.authservice.auth.FoldedName;
import org.x2go.authservice.auth.PeerCredentials;

/**
 * Bounds how many attempts to log in as one user may be running, or waiting out their fail delay, at the same time: so
 * that the delay bounds guesses however many connections make them.
 *
 * <p>Attempts are counted by peer user and folded user name. A name is known only while an attempt holds a permit of its, and
 * so costs no more memory than the attempts do. An attempt that gets no permit waits for one, first come, first served, and
 * takes up no worker meanwhile. Used on the event loop.
 */
final class PerUserLimiter {
    private final int perUser;
    private final Map<Key, Permits> users = new HashMap<>();
    private int waiting;

    /** So many permits for each user; 0 for any number. */
    PerUserLimiter(int perUser) {
        this.perUser = perUser;
    }

    /** Whose attempts are counted together. */
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
     * Takes a permit and is true, or has the waiter wait for one.
     *
     * @param waiter called when it has been granted a permit; false if it has no use for it any more
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

    /** Gives a permit back: to the first waiter who still wants it, if there is one. */
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

    /** Lets a waiter wait no longer. */
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

    /** How many users' names are known. */
    int users() {
        return users.size();
    }
}
