package org.x2go.authservice.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.x2go.authservice.auth.Diagnostics;

/** Keeps all that is said. */
public final class Said implements Diagnostics {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public boolean debugging() {
        return true;
    }

    @Override
    public void debug(String message) {
        lines.add("DEBUG " + message);
    }

    @Override
    public void warn(String message) {
        lines.add("WARN " + message);
    }

    @Override
    public void error(String message) {
        lines.add("ERROR " + message);
    }

    @Override
    public void error(String message, Throwable cause) {
        lines.add("ERROR " + message + " | " + cause);
    }

    /** What was said so far: level, message, and what was thrown. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
