package org.x2go.authservice.auth;

/**
 * Where what asks PAM says what an operator should know, besides the results. It stands apart from every logging library,
 * because a process that only asks PAM has none.
 *
 * <p>Whoever calls it has escaped what came from outside ({@link LogText}) and passes no password. Implementations are
 * thread-safe, and do not throw.
 */
public interface Diagnostics {
    /** How grave something is. */
    enum Level {
        /** It helps to understand an outcome. */
        DEBUG,
        /** It is to be mended. */
        WARN,
        /** It keeps users out, or soon may. */
        ERROR
    }

    /** Whether anything is done with what is said at level {@code DEBUG}. */
    boolean debugging();

    /** Says something. */
    void log(Level level, String message);

    /** Something that helps to understand an outcome. */
    default void debug(String message) {
        log(Level.DEBUG, message);
    }

    /** Something to be mended. */
    default void warn(String message) {
        log(Level.WARN, message);
    }

    /** Something that keeps users out, or soon may. */
    default void error(String message) {
        log(Level.ERROR, message);
    }

    /** Something that went wrong, and what was thrown. */
    default void error(String message, Throwable cause) {
        error(message + ": " + cause);
    }

    /** Says it to a logger of the JDK's. */
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
