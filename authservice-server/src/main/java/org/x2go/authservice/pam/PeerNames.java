package org.x2go.authservice.pam;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.x2go.authservice.posix.Accounts;

/**
 * A cache of the names of peers' users: they are few and send many requests, while a lookup reads /etc/passwd or asks
 * a directory server. Thread-safe.
 */
final class PeerNames {
    static final long MAX_AGE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MAX_NAMES = 256;

    private record Name(String text, long foundAt) {}

    private final Map<Integer, Name> names = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    PeerNames(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The name of the user with this number, or the number itself if there is no name. */
    String of(int uid) throws IOException {
        long now = nanoTime.getAsLong();
        Name known = names.get(uid);
        if (known != null && now - known.foundAt < MAX_AGE_NANOS) {
            return known.text;
        }
        String found = Accounts.nameOf(uid).orElseGet(() -> Integer.toUnsignedString(uid));
        if (names.size() >= MAX_NAMES) {
            names.clear();
        }
        names.put(uid, new Name(found, now));
        return found;
    }

    /** The number of cached names. */
    int size() {
        return names.size();
    }
}
