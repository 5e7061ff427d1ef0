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
 * A PAM worker: a process that asks PAM for the service, one request at a time, over the socket that is its standard input.
 * It ends when the service closes that, whatever a module is doing.
 */
public final class WorkerMain {
    /** As the service's own lines in the system's log: who asks PAM is no matter to those who read it. */
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
            // Such as no thread for the watcher: without it, nothing would end this process in time.
            System.err.println("PAM worker: " + e);
        }
        end(status);
    }

    private static int run(WorkerOptions options) throws IOException {
        NativeLibraries.loadJna();
        RequestChannel channel = new RequestChannel(StreamSocket.takeStandardInput());
        OpenFiles.limitToSelectable();
        // The service is to live, and to answer "error" for this worker's request. Before dumps are forbidden: /proc is
        // root's then.
        ProcessMemory.endFirstWhenExhausted();
        // A worker goes when its service does, and not when a terminal is closed or logs are rotated.
        ProcessControl.onHangUp(() -> {});
        ProcessMemory.forbidDumps();
        SystemLog.writeAs(PROGRAM);
        Descendants.becomeSubreaper();
        // All that the end needs is loaded now: a module may hang in the loader, which then loads nothing more.
        Descendants.kill(child -> true);
        watch(channel);
        try {
            Scheduling.setBatchPolicy();
            // Not closed, but ended with the process: unloading modules runs code of theirs.
            PamAuthenticator pam =
                    PamAuthenticator.open(options.pam(), new ChannelDiagnostics(channel, options.debug()));
            new RequestLoop(channel, pam, options.limits()).run();
            return DONE;
        } catch (PamUnavailableException e) {
            channel.tell(new Reply.StartupFailure(String.valueOf(e.getMessage())));
            return FAILED;
        }
    }

    /** A module that hangs hangs in the main thread, which then cannot see that the channel is closed. */
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

    /** Ends this process and what modules have started and left behind. What they want done at exit has no say. */
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
