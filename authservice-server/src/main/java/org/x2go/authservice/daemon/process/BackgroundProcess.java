package org.x2go.authservice.daemon.process;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.x2go.authservice.posix.AppendOnlyFile;
import org.x2go.authservice.posix.ProcessControl;

/**
 * The process in the background, started by {@link BackgroundStart}. Until its service answers, its stdout is a pipe
 * to the parent, and its stderr is the parent's, which shows why it fails.
 */
public final class BackgroundProcess {
    public static final String STDOUT = "x2gobroker-authservice.stdout";
    public static final String STDERR = "x2gobroker-authservice.stderr";

    /** The line on stdout that tells the parent that the service answers. */
    static final String READY = "x2gobroker-authservice: ready";

    private static final int PERMISSIONS = 0640;

    private final AppendOnlyFile stdout;
    private final AppendOnlyFile stderr;

    private BackgroundProcess(AppendOnlyFile stdout, AppendOnlyFile stderr) {
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Leaves the terminal's session, and opens the files for output. */
    public static BackgroundProcess start(Path logDir) throws IOException {
        if (!Files.isDirectory(logDir)) {
            throw new IOException(
                    "the log directory " + logDir + " does not exist: create it, or choose another with --logdir");
        }
        ProcessControl.startSession();
        try {
            AppendOnlyFile stdout = AppendOnlyFile.open(logDir.resolve(STDOUT), PERMISSIONS);
            return new BackgroundProcess(stdout, AppendOnlyFile.open(logDir.resolve(STDERR), PERMISSIONS));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; or choose another directory with --logdir", e);
        }
    }

    /** Tells the parent that the service answers, and redirects stdout and stderr to the files. */
    public void ready(PrintStream out) throws IOException {
        ProcessControl.changeDirectory("/");
        // stderr first: when the parent has read the line below, this process must not hold its descriptors.
        stderr.redirect(2);
        out.println(READY);
        if (out.checkError()) {
            throw new IOException("the parent process has exited");
        }
        stdout.redirect(1);
        stdout.close();
        stderr.close();
    }
}
