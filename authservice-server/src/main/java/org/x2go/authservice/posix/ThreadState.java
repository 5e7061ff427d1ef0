package org.x2go.authservice.posix;

/**
 * State of a thread that a PAM module may change, to the harm of later requests: the user and group for file access
 * (setfsuid(2), setfsgid(2)), and the signal mask (pthread_sigmask(3)).
 */
public final class ThreadState {
    /** The C library's sigset_t has a bit for each of 1024 signals. */
    private static final int SIGNAL_SET_BYTES = 128;

    private static final int SIG_SETMASK = 2;

    /** An invalid id, with which setfsuid(2) and setfsgid(2) change nothing and return the current one. */
    private static final int NOBODY = -1;

    private final int user;
    private final int group;
    private final byte[] blockedSignals = new byte[SIGNAL_SET_BYTES];

    private ThreadState() {
        // A sandbox that forbids these calls forbids them to modules too, so that nothing changes.
        user = LibC.setfsuid(NOBODY);
        group = LibC.setfsgid(NOBODY);
        LibC.pthread_sigmask(SIG_SETMASK, null, blockedSignals);
    }

    /** Records the state of the calling thread. */
    public static ThreadState ofCallingThread() {
        return new ThreadState();
    }

    /** Restores the state. Must be called on the same thread. */
    public void restore() {
        LibC.setfsuid(user);
        LibC.setfsgid(group);
        LibC.pthread_sigmask(SIG_SETMASK, blockedSignals, null);
    }
}
