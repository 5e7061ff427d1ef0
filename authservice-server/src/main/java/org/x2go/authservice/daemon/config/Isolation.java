package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.x2go.authservice.worker.process.WorkerLimits;

/**
 * Where PAM runs.
 *
 * @param mode in which process
 * @param workerSocket where somebody listens who starts a worker for each connection, if the service does not start them
 *     itself
 * @param limits when a worker is replaced
 */
public record Isolation(Mode mode, Optional<Path> workerSocket, WorkerLimits limits) {
    /** In which process PAM runs. */
    public enum Mode {
        /** In that of the service, in threads of its own. */
        THREAD,
        /** In processes of its own. */
        PROCESS;

        /** Set by the launcher of the installed form, which brings what makes workers quick to start and small. */
        static final String PROPERTY = "authservice.isolation";

        /** What holds if nobody says otherwise. */
        static Mode installed() {
            return System.getProperty(PROPERTY, "thread").equals("process") ? PROCESS : THREAD;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Refuses what makes no sense together. */
    public Isolation {
        if (workerSocket.isPresent() && mode == Mode.THREAD) {
            throw new IllegalArgumentException("--worker-socket is for --isolation process");
        }
    }
}
