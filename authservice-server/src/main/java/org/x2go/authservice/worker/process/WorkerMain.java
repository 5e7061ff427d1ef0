package org.x2go.authservice.worker.process;

import java.io.IOException;
import org.x2go.authservice.pam.DeniedModules;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.pam.PamUnavailableException;
import org.x2go.authservice.posix.Descendants;
import org.x2go.authservice.posix.NativeLibraries;
import org.x2go.authservice.posix.OpenFiles;
import org.x2go.authservice.posix.ProcessControl;
import org.x2go.authservice.posix.ProcessMemory;
import org.x2go.authservice.posix.Scheduling;
import org.x2go.authservice.posix.StreamSocket;
import org.x2go.authservice.posix.SystemLog;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.RequestChannel;

/**
 * The PAM worker: a process that calls PAM for the service, one request at a time. Its standard input is the socket to
 * the service. It exits when the service closes the socket, whatever a module is doing.
 */
public final class WorkerMain {
    /** The name in the system's log, the same as the service's. */
    private static final String PROGRAM = "x2gobroker-authservice";

    /** Exit status: the service has no more use for this worker. */
    static final int DONE = 0;

    /** Exit status: it could not do its work. */
    private static final int FAILED = 1;

    private WorkerMain() {}

    /** Runs until the service closes the channel. */
    public static void main(String[] args) {
        int status = FAILED;
        try {
            status = run(WorkerOptions.parse(DeniedModules.of(System.getenv()), args));
        } catch (IOException | IllegalArgumentException | LinkageError e) {
            System.err.println("PAM worker: " + e.getMessage());
        } catch (Throwable e) {
            // For example no thread for the watcher, without which this process would not exit in time.
            System.err.println("PAM worker: " + e);
        }
        end(status);
    }

    private static int run(WorkerOptions options) throws IOException {
        NativeLibraries.loadJna();
        RequestChannel channel = new RequestChannel(StreamSocket.takeStandardInput());
        OpenFiles.limitToSelectable();
        // So that the kernel kills a worker before the service. Before dumps are forbidden, since /proc belongs to
        // root then.
        ProcessMemory.endFirstWhenExhausted();
        // SIGHUP, from a closed terminal or a log rotation, must not end a worker.
        ProcessControl.onHangUp(() -> {});
        ProcessMemory.forbidDumps();
        SystemLog.setProgramName(PROGRAM);
        Descendants.becomeSubreaper();
        // The exit path is loaded now: if a module hangs in the loader, nothing more can be loaded.
        Descendants.kill(child -> true);
        watch(channel);
        try {
            Scheduling.setBatchPolicy();
            // Not closed before the exit, since unloading modules runs their code.
            PamAuthenticator pam =
                    PamAuthenticator.open(options.pam(), new ChannelDiagnostics(channel, options.debug()));
            new RequestLoop(channel, pam, options.limits()).run();
            return DONE;
        } catch (PamUnavailableException e) {
            channel.tell(new Reply.StartupFailure(String.valueOf(e.getMessage())));
            return FAILED;
        }
    }

    /** Watches for the end of the channel in a thread, since a module may hang in the main thread. */
    private static void watch(RequestChannel channel) throws IOException {
        KeepAlive keepAlive = KeepAlive.of(System.getenv());
        Thread watcher = new Thread(
                () -> {
                    try {
                        do {
                            keepAlive.send();
                        } while (!channel.awaitHangUp(keepAlive.intervalMillis()));
                        end(DONE);
                    } catch (IOException e) {
                        end(FAILED);
                    }
                },
                "watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** Kills the processes that modules left behind, and exits without running exit handlers. */
    private static synchronized void end(int status) {
        try {
            Descendants.kill(child -> false);
        } catch (IOException e) {
            System.err.println("PAM worker: " + e.getMessage());
        } finally {
            exit(status);
        }
    }

    private static void exit(int status) {
        try {
            ProcessControl.exit(status);
        } catch (LinkageError e) {
            // The C library cannot be called: nothing was started by which to be held up.
            Runtime.getRuntime().halt(status);
        }
    }
}
