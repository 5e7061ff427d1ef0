package org.x2go.authservice.daemon.logging;

import java.nio.file.Path;

/** Where the log goes. */
public sealed interface LogTarget {
    /** Whether lines go to this process's stderr. */
    default boolean isStderr() {
        return this instanceof Stderr || this instanceof Journal;
    }

    /** The target as a message names it. */
    String text();

    /** To stderr. */
    record Stderr() implements LogTarget {
        @Override
        public String text() {
            return "stderr";
        }
    }

    /** To stderr, which is systemd's journal. */
    record Journal() implements LogTarget {
        @Override
        public String text() {
            return "the journal";
        }
    }

    /** To a file, in the built-in form. */
    record File(Path path) implements LogTarget {
        @Override
        public String text() {
            return path.toString();
        }
    }

    /** Where a log4j2 configuration file sends it. */
    record Configured(Path configuration) implements LogTarget {
        @Override
        public String text() {
            return "as configured in " + configuration;
        }
    }
}
