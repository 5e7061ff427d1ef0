package org.x2go.authservice.worker.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.posix.ChildProcess;

/**
 * Logs the output of a worker's modules, line by line: escaped, cut, and only a few lines at a time, since a module
 * may print without end. Used by one thread.
 */
final class WorkerOutput {
    private static final int LINE_BYTES = 512;
    private static final int MAX_LINES = 40;
    private static final long PERIOD_NANOS = Duration.ofSeconds(10).toNanos();

    /** The start of the JVM's report of a crash in native code. */
    private static final Pattern CRASH = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x[0-9a-f]+\\) at .*");

    private final String who;
    private final Diagnostics diagnostics;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(LINE_BYTES);

    private long periodBegan = System.nanoTime();
    private int lines;
    private int unlogged;
    private @Nullable String crash;

    WorkerOutput(String who, Diagnostics diagnostics) {
        this.who = who;
        this.diagnostics = diagnostics;
    }

    /**
     * Logs the output that is available.
     *
     * @return whether more may follow
     */
    boolean log(ChildProcess process) throws IOException {
        if (process.readOutput(bytes) < 0) {
            return false;
        }
        cutLines();
        return true;
    }

    /** Called at the end of the output. */
    void end() {
        if (bytes.position() > 0) {
            line(bytes.position());
        }
        tellUnlogged();
    }

    /** The signal that the JVM reported before it exited. */
    Optional<String> crash() {
        return Optional.ofNullable(crash);
    }

    private void cutLines() {
        for (int i = 0; i < bytes.position(); i++) {
            if (bytes.get(i) == '\n') {
                ByteBuffer rest = bytes.duplicate().flip().position(i + 1);
                line(i);
                bytes.clear();
                bytes.put(rest);
                i = -1;
            }
        }
        if (!bytes.hasRemaining()) {
            line(bytes.position());
            bytes.clear();
        }
    }

    private void line(int length) {
        byte[] text = new byte[length];
        bytes.get(0, text);
        String line = new String(text, StandardCharsets.UTF_8).strip();
        Matcher matcher = CRASH.matcher(line);
        if (matcher.matches()) {
            crash = matcher.group(1);
        }
        if (line.isEmpty() || line.equals("#")) {
            return;
        }
        long now = System.nanoTime();
        if (now - periodBegan > PERIOD_NANOS) {
            tellUnlogged();
            periodBegan = now;
            lines = 0;
        }
        if (lines++ < MAX_LINES) {
            diagnostics.warn(who + " printed: \"" + LogText.escape(line) + "\"");
        } else {
            unlogged++;
        }
    }

    private void tellUnlogged() {
        if (unlogged > 0) {
            diagnostics.warn(who + " printed " + unlogged + " more lines, which are not logged");
            unlogged = 0;
        }
    }
}
