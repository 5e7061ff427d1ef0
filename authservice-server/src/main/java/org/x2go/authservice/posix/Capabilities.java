package org.x2go.authservice.posix;

/** What a thread may do beyond what its user may (capabilities(7)). */
final class Capabilities {
    private static final int VERSION_3 = 0x20080522;
    private static final int CALLING_THREAD = 0;
    private static final int DATA_WORDS = 6;
    private static final int DAC_OVERRIDE = 1 << 1;

    private Capabilities() {}

    /** The effective, permitted and inheritable ones, as capget(2) has them. */
    static int[] ofCallingThread() {
        int[] data = new int[DATA_WORDS];
        LibC.capget(header(), data);
        return data;
    }

    /** Root's right to make a file in any directory, which setfsuid(2) takes from a thread. */
    static void addDacOverride() {
        int[] data = ofCallingThread();
        data[0] |= DAC_OVERRIDE;
        LibC.capset(header(), data);
    }

    private static int[] header() {
        return new int[] {VERSION_3, CALLING_THREAD};
    }
}
