package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.x2go.authservice.worker.process.WorkerLimits;

/**
 * Where PAM runs.
 *
 * @param mode in which process
 * @param workerSocket the socket for which systemd starts a worker per connection; empty if the service starts them
 * @param limits when a worker is replaced
 */
public record Isolation(Mode mode, Optional<Path> workerSocket, WorkerLimits limits) {
    /** In which process PAM runs. */
    public enum Mode {
        /** In threads of the service's process. */
        THREAD,
        /** In worker processes. */
        PROCESS;

        /** Set by the installed launcher, with which workers start fast and are small. */
        static final String PROPERTY = "authservice.isolation";

        /** The default. */
        static Mode installed() {
            return System.getProperty(PROPERTY, "thread").equals("process") ? PROCESS : THREAD;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks that the values are compatible. */
    public Isolation {
        if (workerSocket.isPresent() && mode == Mode.THREAD) {
            throw new IllegalArgumentException("--worker-socket is for --isolation process");
        }
    }
}
