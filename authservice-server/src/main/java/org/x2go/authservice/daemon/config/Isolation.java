package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where PAM runs.
 *
 * @param mode in which process
 * @param workerSocket where somebody listens who starts a worker for each connection, if the service does not start them
 *     itself
 * @param workerRequests after how many requests a worker is replaced
 * @param workerMegabytes with how much memory a worker is replaced
 */
public record Isolation(Mode mode, Optional<Path> workerSocket, int workerRequests, int workerMegabytes) {
    static final int DEFAULT_REQUESTS = 100_000;
    static final int DEFAULT_MEGABYTES = 256;

    /** Set by the launcher of the installed form, which brings what makes workers quick to start and small. */
    private static final String DEFAULT_MODE = "authservice.isolation";

    private static final int MOST_REQUESTS = 1_000_000_000;
    private static final int LEAST_MEGABYTES = 64;
    private static final int MOST_MEGABYTES = 65_536;

    /** In which process PAM runs. */
    public enum Mode {
        /** In that of the service, in threads of its own. */
        THREAD,
        /** In processes of its own. */
        PROCESS;

        static Mode of(String text) {
            return switch (text) {
                case "thread" -> THREAD;
                case "process" -> PROCESS;
                default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is no value for --isolation: it is process or thread");
            };
        }
    }

    /** Checks the ranges. */
    public Isolation {
        requireRange("--worker-max-requests", workerRequests, 1, MOST_REQUESTS);
        requireRange("--worker-max-rss", workerMegabytes, LEAST_MEGABYTES, MOST_MEGABYTES);
        if (workerSocket.isPresent() && mode == Mode.THREAD) {
            throw new IllegalArgumentException("--worker-socket is for --isolation process");
        }
    }

    /** What holds if nobody says otherwise. */
    static String defaultMode() {
        return System.getProperty(DEFAULT_MODE, "thread");
    }

    private static void requireRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
