package org.x2go.authservice.daemon.logging;

import java.nio.file.Path;

/** Where the log goes. */
public sealed interface LogTarget {
    /** Whether lines go to this process's stderr. */
    default boolean isStderr() {
        return this instanceof Stderr || this instanceof Journal;
    }

    /** The target for messages. */
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

    /** To a file, with the built-in layout. */
    record File(Path path) implements LogTarget {
        @Override
        public String text() {
            return path.toString();
        }
    }

    /** To the targets of a log4j2 configuration file. */
    record Configured(Path configuration) implements LogTarget {
        @Override
        public String text() {
            return "as configured in " + configuration;
        }
    }
}
