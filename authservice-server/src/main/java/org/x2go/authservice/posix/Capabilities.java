package org.x2go.authservice.posix;

import com.sun.jna.Memory;

/** What a thread may do beyond what its user may (capabilities(7)). */
final class Capabilities {
    private static final int VERSION_3 = 0x20080522;
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int DATA_BYTES = 6 * Integer.BYTES;
    private static final int DAC_OVERRIDE = 1 << 1;

    private Capabilities() {}

    /** The effective, permitted and inheritable ones, as capget(2) has them. */
    static long[] ofCallingThread() {
        try (Memory header = header();
                Memory data = new Memory(DATA_BYTES)) {
            LibC.capget(header, data);
            return data.getLongArray(0, DATA_BYTES / Long.BYTES);
        }
    }

    /** Root's right to make a file in any directory, which setfsuid(2) takes from a thread. */
    static void addDacOverride() {
        try (Memory header = header();
                Memory data = new Memory(DATA_BYTES)) {
            LibC.capget(header, data);
            data.setInt(0, data.getInt(0) | DAC_OVERRIDE);
            LibC.capset(header, data);
        }
    }

    private static Memory header() {
        Memory header = new Memory(HEADER_BYTES);
        header.clear();
        header.setInt(0, VERSION_3);
        return header;
    }
}
