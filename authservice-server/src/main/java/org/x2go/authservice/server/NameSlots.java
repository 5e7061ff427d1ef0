package org.x2go.authservice.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.x2go.authservice.auth.FoldedName;
import org.x2go.authservice.auth.PeerCredentials;

/**
 * Bounds how many attempts to log in as one user may be running, or waiting out their fail delay, at the same time: so
 * that the delay bounds guesses however many connections make them.
 *
 * <p>Attempts are counted by peer user and folded user name, in a fixed array under a keyed hash: names that are made up
 * cost no memory, and nobody can choose names that hold up another's. An attempt that finds no slot free stands in line
 * for it, without a worker. Used on the event loop.
 */
final class NameSlots {
    private static final int INDEX_BITS = 16;

    private final int perName;
    private final short[] taken = new short[1 << INDEX_BITS];
    private final Map<Integer, Deque<Attempt>> lines = new HashMap<>();
    private final KeyedHash hash = KeyedHash.random();
    private int inLine;

    /** So many slots for each name; 0 for any number. */
    NameSlots(int perName) {
        this.perName = perName;
    }

    /** Where attempts for this user, asked by this peer's user, are counted. */
    int indexOf(PeerCredentials peer, String user) {
        String key = peer.uid() + ":" + FoldedName.of(user);
        return (int) (hash.of(key.getBytes(StandardCharsets.UTF_8)) >>> (Long.SIZE - INDEX_BITS));
    }

    /** Takes a slot and is true, or puts the attempt into the line for one. */
    boolean take(int index, Attempt attempt) {
        if (perName == 0) {
            return true;
        }
        if (taken[index] < perName) {
            taken[index]++;
            return true;
        }
        lines.computeIfAbsent(index, none -> new ArrayDeque<>()).addLast(attempt);
        inLine++;
        return false;
    }

    /** Gives a slot back: to the first in line who still wants it, if there is one. */
    void free(int index) {
        if (perName == 0) {
            return;
        }
        Deque<Attempt> line = lines.get(index);
        while (line != null && !line.isEmpty()) {
            inLine--;
            if (line.removeFirst().slotGranted()) {
                removeIfEmpty(index, line);
                return;
            }
        }
        taken[index]--;
        if (line != null) {
            removeIfEmpty(index, line);
        }
    }

    /** Takes an attempt out of the line. */
    void leave(int index, Attempt attempt) {
        Deque<Attempt> line = lines.get(index);
        if (line != null) {
            if (line.remove(attempt)) {
                inLine--;
            }
            removeIfEmpty(index, line);
        }
    }

    /** How many attempts stand in a line. */
    int inLine() {
        return inLine;
    }

    private void removeIfEmpty(int index, Deque<Attempt> line) {
        if (line.isEmpty()) {
            lines.remove(index, line);
        }
    }
}
