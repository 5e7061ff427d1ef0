package org.x2go.authservice.daemon.process;

/** What the program's exit status says. */
public final class ExitStatus {
    /** The service ran and was stopped, or does run in the background. */
    public static final int OK = 0;

    /** The service could not start, or could not stop as it should. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int WRONG_USAGE = 2;

    private ExitStatus() {}
}
