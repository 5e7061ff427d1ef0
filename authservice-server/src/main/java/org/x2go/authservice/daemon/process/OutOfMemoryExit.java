package org.x2go.authservice.daemon.process;

import org.apache.logging.log4j.LogManager;

/**
 * Ends the process when memory is used up, for its supervisor to start it again. The JVM does so by itself when the heap is
 * (-XX:+ExitOnOutOfMemoryError), but not when direct memory is: that error is thrown by Java code.
 */
public final class OutOfMemoryExit implements Thread.UncaughtExceptionHandler {
    /** As the JVM's own. */
    private static final int STATUS = 3;

    private final String program;

    private OutOfMemoryExit(String program) {
        this.program = program;
    }

    /** Takes over the errors that no thread of this process handles by itself. */
    public static void install(String program) {
        Thread.setDefaultUncaughtExceptionHandler(new OutOfMemoryExit(program));
    }

    @Override
    public void uncaughtException(Thread thread, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            // The log may need memory, too.
            System.err.println(program + ": out of memory: " + cause.getMessage());
            Runtime.getRuntime().halt(STATUS);
        }
        LogManager.getLogger(OutOfMemoryExit.class).error("Thread {} has ended", thread.getName(), cause);
    }
}
