package org.x2go.authservice.daemon.process;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.x2go.authservice.posix.AppendOnlyFile;
import org.x2go.authservice.posix.ProcessControl;

/**
 * The process that is to stay in the background, started by {@link BackgroundStart}. Until its service answers, its stdout
 * is a pipe to who started it, and its stderr theirs, so that they see why it fails if it does.
 */
public final class BackgroundProcess {
    public static final String STDOUT = "x2gobroker-authservice.stdout";
    public static final String STDERR = "x2gobroker-authservice.stderr";

    /** What it writes to stdout when the service answers. */
    static final String READY = "x2gobroker-authservice: ready";

    private static final int PERMISSIONS = 0640;

    private final AppendOnlyFile stdout;
    private final AppendOnlyFile stderr;

    private BackgroundProcess(AppendOnlyFile stdout, AppendOnlyFile stderr) {
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Leaves the terminal, and opens the files that output will go to. */
    public static BackgroundProcess start(Path logDir) throws IOException {
        if (!Files.isDirectory(logDir)) {
            throw new IOException(
                    "the log directory " + logDir + " does not exist: make it, or choose another with --logdir");
        }
        ProcessControl.startSession();
        try {
            AppendOnlyFile stdout = AppendOnlyFile.open(logDir.resolve(STDOUT), PERMISSIONS);
            return new BackgroundProcess(stdout, AppendOnlyFile.open(logDir.resolve(STDERR), PERMISSIONS));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; or choose another directory with --logdir", e);
        }
    }

    /** Tells who started this process that the service answers, and lets go of them. */
    public void ready(PrintStream out) throws IOException {
        ProcessControl.changeDirectory("/");
        // First stderr: when the starter has read the line below, nothing of theirs shall be held open here.
        stderr.redirect(2);
        out.println(READY);
        if (out.checkError()) {
            throw new IOException("the process that started this one is gone");
        }
        stdout.redirect(1);
        stdout.close();
        stderr.close();
    }
}
