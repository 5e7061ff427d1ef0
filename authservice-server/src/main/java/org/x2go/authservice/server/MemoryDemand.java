package org.x2go.authservice.server;

import java.util.Optional;
import org.x2go.authservice.posix.OpenFiles;

/** Compares the memory that peers may use under the limits with the size of the heap. */
public final class MemoryDemand {
    /** The service's own memory: 4 MB were measured after some logins, and the log's queue may fill. */
    private static final long OWN_BYTES = 16 << 20;

    /** The old generation's part of the heap, as the launcher sets it (NewRatio=8). */
    private static final double OLD_GENERATION = 8.0 / 9;

    private MemoryDemand() {}

    /** The heap memory that the limits allow. */
    static long heapBytes(AuthServerConfig config) {
        long connections = Math.min(config.limit(Limit.MAX_CONNECTIONS), OpenFiles.limit());
        return OWN_BYTES + connections * MemoryBudget.CONNECTION_BYTES + config.limit(Limit.MAX_UNREAD_BYTES);
    }

    /** A warning for the administrator if the limits exceed this JVM's heap; empty if not. */
    public static Optional<String> shortfall(AuthServerConfig config) {
        return shortfall(config, Runtime.getRuntime().maxMemory());
    }

    static Optional<String> shortfall(AuthServerConfig config, long heap) {
        long demand = heapBytes(config);
        return demand <= heap * OLD_GENERATION
                ? Optional.empty()
                : Optional.of("clients can use " + (demand >> 20)
                        + " MB of memory (--max-connections, --max-unread-bytes), more than Java's heap of "
                        + (heap >> 20)
                        + " MB, and so stop the service: lower these, or raise -Xmx; raise -XX:MaxDirectMemorySize by"
                        + " as much as you raised --max-unread-bytes");
    }
}
