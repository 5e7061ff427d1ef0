package org.x2go.authservice.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.x2go.authservice.auth.Diagnostics;

/** Records all messages. */
public final class RecordingDiagnostics implements Diagnostics {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public boolean debugging() {
        return true;
    }

    @Override
    public void log(Level level, String message) {
        lines.add(level + " " + message);
    }

    /** The messages so far: level, text and exception. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
