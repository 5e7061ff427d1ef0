package org.x2go.authservice.auth;

/**
 * A log for code that calls PAM. It is independent of logging libraries, because PAM workers have none.
 *
 * <p>Callers escape text from outside ({@link LogText}) and pass no password. Implementations are thread-safe, and do
 * not throw.
 */
public interface Diagnostics {
    /** The severity of a message. */
    enum Level {
        /** Helps to understand a result. */
        DEBUG,
        /** An administrator should correct it. */
        WARN,
        /** It prevents logins, or may soon. */
        ERROR
    }

    /** Whether messages of level {@code DEBUG} are logged. */
    boolean debugging();

    /** Logs a message. */
    void log(Level level, String message);

    /** Logs a message of level {@code DEBUG}. */
    default void debug(String message) {
        log(Level.DEBUG, message);
    }

    /** Logs a message of level {@code WARN}. */
    default void warn(String message) {
        log(Level.WARN, message);
    }

    /** Logs a message of level {@code ERROR}. */
    default void error(String message) {
        log(Level.ERROR, message);
    }

    /** Logs a message of level {@code ERROR} with its cause. */
    default void error(String message, Throwable cause) {
        error(message + ": " + cause);
    }

    /**
     * Returns diagnostics that write to a logger of the JDK.
     *
     * @param logger the logger
     */
    static Diagnostics to(System.Logger logger) {
        return new Diagnostics() {
            @Override
            public boolean debugging() {
                return logger.isLoggable(System.Logger.Level.DEBUG);
            }

            @Override
            public void log(Level level, String message) {
                logger.log(
                        switch (level) {
                            case DEBUG -> System.Logger.Level.DEBUG;
                            case WARN -> System.Logger.Level.WARNING;
                            case ERROR -> System.Logger.Level.ERROR;
                        },
                        message);
            }

            @Override
            public void error(String message, Throwable cause) {
                logger.log(System.Logger.Level.ERROR, message, cause);
            }
        };
    }
}
