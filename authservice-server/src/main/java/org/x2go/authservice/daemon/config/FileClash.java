package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.x2go.authservice.daemon.logging.LogTarget;

/** Finds settings that use the same path for two files, which would overwrite each other. */
final class FileClash {
    private final Map<Path, String> options = new HashMap<>();
    private Optional<String> problem = Optional.empty();

    private FileClash() {}

    /** The problem with these settings, if there is one. */
    static Optional<String> in(Settings settings) {
        FileClash files = new FileClash();
        files.add(settings.socket().path(), "--socket-file");
        if (settings.log().target() instanceof LogTarget.File log) {
            files.add(log.path(), "--auth-log");
        }
        settings.metrics().ifPresent(metrics -> files.add(metrics.file(), "--metrics-file"));
        settings.background().ifPresent(background -> files.add(background.pidFile(), "--pidfile"));
        return files.problem;
    }

    private void add(Path file, String option) {
        String other = options.putIfAbsent(file.normalize(), option);
        if (other != null) {
            problem = Optional.of(option + " and " + other + " are the same file, " + file + ": change one of them");
        }
    }
}
