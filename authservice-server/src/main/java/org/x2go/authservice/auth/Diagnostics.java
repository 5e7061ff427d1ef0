package org.x2go.authservice.auth;

/**
 * Where what asks PAM says what an operator should know, besides the results. It stands apart from every logging library,
 * because a process that only asks PAM has none.
 *
 * <p>Whoever calls it has escaped what came from outside ({@link LogText}) and passes no password. Implementations are
 * thread-safe, and do not throw.
 */
public interface Diagnostics {
    /** Whether {@link #debug} does anything with what it is told. */
    boolean debugging();

    /** Something that helps to understand an outcome. */
    void debug(String message);

    /** Something to be mended. */
    void warn(String message);

    /** Something that keeps users out, or soon may. */
    void error(String message);

    /** Something that went wrong, and what was thrown. */
    void error(String message, Throwable cause);

    /** Says it to a logger of the JDK's. */
    static Diagnostics to(System.Logger logger) {
        return new Diagnostics() {
            @Override
            public boolean debugging() {
                return logger.isLoggable(System.Logger.Level.DEBUG);
            }

            @Override
            public void debug(String message) {
                logger.log(System.Logger.Level.DEBUG, message);
            }

            @Override
            public void warn(String message) {
                logger.log(System.Logger.Level.WARNING, message);
            }

            @Override
            public void error(String message) {
                logger.log(System.Logger.Level.ERROR, message);
            }

            @Override
            public void error(String message, Throwable cause) {
                logger.log(System.Logger.Level.ERROR, message, cause);
            }
        };
    }
}
