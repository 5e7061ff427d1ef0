package org.x2go.authservice.posix;

/**
 * What code that runs on a thread can change of that thread alone, and leave behind to the harm of what runs there later: as
 * whom it opens files (setfsuid(2), setfsgid(2)), and which signals it does not take (pthread_sigmask(3)).
 */
public final class ThreadState {
    /** The C library's sigset_t has a bit for each of 1024 signals. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final int SIG_SETMASK = 2;

    /** No user, so that setfsuid(2) and setfsgid(2) change nothing, and tell who it is. */
    private static final int NOBODY = -1;

    private final int user;
    private final int group;
    private final byte[] blockedSignals = new byte[SIGNAL_SET_BYTES];

    private ThreadState() {
        // A sandbox that forbids these calls (EPERM) forbids them to that code too; what is remembered then changes
        // nothing.
        user = LibC.setfsuid(NOBODY);
        group = LibC.setfsgid(NOBODY);
        LibC.pthread_sigmask(SIG_SETMASK, null, blockedSignals);
    }

    /** As it is now. */
    public static ThreadState ofCallingThread() {
        return new ThreadState();
    }

    /** Makes it as it was. To be called on the same thread. */
    public void restore() {
        LibC.setfsuid(user);
        LibC.setfsgid(group);
        LibC.pthread_sigmask(SIG_SETMASK, blockedSignals, null);
    }
}
