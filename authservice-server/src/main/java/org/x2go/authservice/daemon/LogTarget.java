package org.x2go.authservice.daemon;

import java.nio.file.Path;

/** Where the log goes. */
sealed interface LogTarget {
    /** To stderr. */
    record Stderr() implements LogTarget {}

    /** To a file, in the built-in form. */
    record File(Path path) implements LogTarget {}

    /** Where a log4j2 configuration file sends it. */
    record Configured(Path configuration) implements LogTarget {}
}
