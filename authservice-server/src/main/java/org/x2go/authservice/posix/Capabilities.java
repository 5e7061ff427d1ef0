package org.x2go.authservice.posix;

/** What a thread may do beyond what its user may (capabilities(7)). */
public final class Capabilities {
    private static final int VERSION_3 = 0x20080522;
    private static final int CALLING_THREAD = 0;
    private static final int DATA_WORDS = 6;
    private static final int DAC_OVERRIDE = 1 << 1;
    private static final int SETGID_AND_SETUID = 1 << 6 | 1 << 7;

    private Capabilities() {}

    /** The effective, permitted and inheritable ones, as capget(2) has them. */
    static int[] ofCallingThread() {
        int[] data = new int[DATA_WORDS];
        LibC.capget(header(), data);
        return data;
    }

    /** Whether the calling thread may act as another user, in whose groups (setfsuid(2), setresuid(2), setgroups(2)). */
    public static boolean mayChangeUser() {
        return (ofCallingThread()[0] & SETGID_AND_SETUID) == SETGID_AND_SETUID;
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
