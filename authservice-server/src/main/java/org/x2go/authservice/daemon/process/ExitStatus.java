package org.x2go.authservice.daemon.process;

/** The exit status of the program. */
public final class ExitStatus {
    /** The service was stopped, or runs in the background. */
    public static final int OK = 0;

    /** The service could not start, or did not stop cleanly. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int WRONG_USAGE = 2;

    private ExitStatus() {}
}
