package org.x2go.authservice.server;

import java.util.Optional;
import org.x2go.authservice.posix.OpenFiles;

/** How much of the heap the limits let peers take, and whether it has so much. */
public final class MemoryDemand {
    /** What the service takes for itself: 4 MB were measured after some logins, and a log's queue may fill. */
    private static final long OWN_BYTES = 16 << 20;

    /** The old generation's part of the heap, as the launcher sets it (NewRatio=8). */
    private static final double OLD_GENERATION = 8.0 / 9;

    private MemoryDemand() {}

    /** What the limits come to on the heap. */
    static long heapBytes(AuthServerConfig config) {
        long connections = Math.min(config.limit(Limit.MAX_CONNECTIONS), OpenFiles.limit());
        return OWN_BYTES + connections * MemoryBudget.CONNECTION_BYTES + config.limit(Limit.MAX_UNREAD_BYTES);
    }

    /** What to tell an admin whose limits are more than this JVM's heap holds; empty if it holds them. */
    public static Optional<String> shortfall(AuthServerConfig config) {
        return shortfall(config, Runtime.getRuntime().maxMemory());
    }

    static Optional<String> shortfall(AuthServerConfig config, long heap) {
        long demand = heapBytes(config);
        return demand <= heap * OLD_GENERATION
                ? Optional.empty()
                : Optional.of("peers can take " + (demand >> 20) + " MB of memory by --max-connections and"
                        + " --max-unread-bytes, which Java's heap of " + (heap >> 20)
                        + " MB does not hold, and so end the service: lower these, or raise -Xmx, and"
                        + " -XX:MaxDirectMemorySize by what --max-unread-bytes is raised");
    }
}
