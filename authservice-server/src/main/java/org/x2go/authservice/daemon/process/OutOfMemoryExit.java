package org.x2go.authservice.daemon.process;

import org.apache.logging.log4j.LogManager;

/**
 * Exits when direct memory is used up, so that systemd restarts the service. The JVM does that for the heap
 * (-XX:+ExitOnOutOfMemoryError), but the error for direct memory is thrown by Java code.
 */
public final class OutOfMemoryExit implements Thread.UncaughtExceptionHandler {
    /** The same as the JVM's. */
    private static final int STATUS = 3;

    private final String program;

    private OutOfMemoryExit(String program) {
        this.program = program;
    }

    /** Handles the uncaught errors of all threads. */
    public static void install(String program) {
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemoryExit(program));
    }

    @Override
    public void uncaughtException(Thread thread, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            // Not by the log, which may need memory.
            System.err.println(program + ": out of memory: " + cause.getMessage());
            Runtime.getRuntime().halt(STATUS);
        }
        LogManager.getLogger(OutOfMemoryExit.class).error("Thread {} has ended", thread.getName(), cause);
    }
}
