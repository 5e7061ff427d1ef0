package org.x2go.authservice.daemon.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.daemon.logging.Logging;
import org.x2go.authservice.posix.ProcessControl;

/**
 * Closes the started parts at the end of the process.
 *
 * <p>SIGTERM and SIGINT make the JVM run its shutdown hook, which this class installs. It closes the parts in reverse
 * order, the log last, and then exits with status 0; the JVM would use 143 or 130. A second signal ends the process at
 * once.
 */
public final class Lifecycle {
    /** Starts the parts and passes each to {@link #started}. */
    public interface Starter {
        void start() throws Exception;
    }

    /** Set if the JVM must exit by itself, because only then it writes the complete list of its classes. */
    private static final String JVM_EXIT = "authservice.jvm.exit";

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Logging logging;

    private int exitStatus = ExitStatus.OK;

    public Lifecycle(Logging logging) {
        this.logging = logging;
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
    }

    /** Starts the parts. A signal is handled after that, so that no part stays half started. */
    public synchronized void start(Starter starter) throws Exception {
        starter.start();
    }

    /** Adds a part, which is closed before those added earlier. */
    public synchronized void started(AutoCloseable part) {
        started.push(part);
    }

    /** Makes the exit status that of a failure. */
    public synchronized void failed() {
        exitStatus = ExitStatus.FAILED;
    }

    /** Waits until the process exits. */
    public void awaitEnd() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private void end() {
        ProcessControl.letSignalsEndTheProcess();
        int status = closeAll();
        if (Boolean.getBoolean(JVM_EXIT)) {
            Runtime.getRuntime().halt(status);
        }
        // The JVM's own exit would wait for exit handlers of PAM modules.
        ProcessControl.exit(status);
    }

    private synchronized int closeAll() {
        Logger log = LogManager.getLogger(Lifecycle.class);
        boolean wasRunning = !started.isEmpty();
        if (wasRunning) {
            log.info("Stopping");
        }
        for (AutoCloseable part : started) {
            try {
                part.close();
            } catch (Exception e) {
                log.error("The stop was not complete", e);
                exitStatus = ExitStatus.FAILED;
            }
        }
        if (wasRunning) {
            log.info("Stopped");
        }
        logging.close();
        return exitStatus;
    }
}
