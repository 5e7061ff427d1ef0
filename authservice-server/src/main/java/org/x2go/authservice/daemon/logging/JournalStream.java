package org.x2go.authservice.daemon.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether systemd has connected this process to its journal (JOURNAL_STREAM of systemd.exec(5)). */
public final class JournalStream {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private JournalStream() {}

    /**
     * Whether stderr goes to the journal. The variable alone does not tell, since child processes with redirected
     * output inherit it. If stdout and stderr differ, it describes stderr.
     */
    public static boolean isStderr(Map<String, String> environment) {
        return isConnectedTo(environment, STDERR);
    }

    static boolean isConnectedTo(Map<String, String> environment, Path file) {
        String stream = environment.get("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            Map<String, Object> found = Files.readAttributes(file, "unix:dev,ino");
            return stream.equals(found.get("dev") + ":" + found.get("ino"));
        } catch (IOException e) {
            // It is closed.
            return false;
        }
    }
}
