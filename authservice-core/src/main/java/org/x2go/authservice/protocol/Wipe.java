package org.x2go.authservice.protocol;

import java.nio.ByteBuffer;

/** Overwrites memory that held a secret. */
public final class Wipe {
    private static final byte[] ZEROS = new byte[4096];

    private Wipe() {}

    /** Sets every byte of a buffer to zero, from 0 to its capacity, whatever its position and limit, which stay as they are. */
    public static void wipe(ByteBuffer buffer) {
        ByteBuffer whole = buffer.duplicate().clear();
        while (whole.hasRemaining()) {
            whole.put(ZEROS, 0, Math.min(ZEROS.length, whole.remaining()));
        }
    }
}
