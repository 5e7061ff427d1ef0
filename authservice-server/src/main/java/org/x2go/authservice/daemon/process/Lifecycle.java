package org.x2go.authservice.daemon.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.daemon.logging.Logging;
import org.x2go.authservice.posix.ProcessControl;

/**
 * What has been started, and how the process ends.
 *
 * <p>SIGTERM and SIGINT make the JVM run its shutdown hooks, of which this installs the only one: it closes everything in
 * reverse order, the log last, and then ends the process itself, because the JVM would make the exit status of a service
 * that was stopped as it should 143 or 130 instead of 0. A second signal ends the process at once.
 */
public final class Lifecycle {
    /** Starts things and hands each to {@link #started}. */
    public interface Starter {
        void start() throws Exception;
    }

    /** Set where the JVM is to write a list of its classes, which is whole at its own end only. */
    private static final String JVM_EXIT = "authservice.jvm.exit";

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Logging logging;

    private int exitStatus = ExitStatus.OK;

    public Lifecycle(Logging logging) {
        this.logging = logging;
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
    }

    /** Starts everything. A signal in between waits until that is done, so that nothing is left behind half-made. */
    public synchronized void start(Starter starter) throws Exception {
        starter.start();
    }

    /** Something is to be closed at the end, before what was started earlier. */
    public synchronized void started(AutoCloseable part) {
        started.push(part);
    }

    /** The exit status is to be that of a failure. */
    public synchronized void failed() {
        exitStatus = ExitStatus.FAILED;
    }

    /** Waits for the end, which is that of the process. */
    public void awaitEnd() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private void end() {
        ProcessControl.letSignalsEndTheProcess();
        int status = closeAll();
        if (Boolean.getBoolean(JVM_EXIT)) {
            Runtime.getRuntime().halt(status);
        }
        // The JVM's own end waits for what PAM's modules do at exit.
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
                log.error("Stopping failed in part", e);
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
