package org.x2go.authservice.pam;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.posix.FileStatus;

/**
 * What lies at a path, links followed: enough to tell whether it is what it was. The time of the last change of the inode,
 * which no program can set, covers the content as well as owner and mode.
 */
record FileState(Kind kind, long device, long inode, long size, long changedNanos) {
    /** What kind of a file it is. */
    enum Kind {
        REGULAR,
        DIRECTORY,
        /** A pipe, a socket or a device. */
        SPECIAL,
        /** There is none. */
        MISSING,
        /** This process may not look. */
        HIDDEN
    }

    /** Two changes within a tick of the kernel's clock, 10 ms at most, have the same time; what is older is settled. */
    static final Duration TICKS = Duration.ofMillis(20);

    /** What was changed later than now, by a clock that was set back since, is not of this moment either. */
    private static final Duration CLOCK_WAS_SET = Duration.ofSeconds(1);

    /** @param path the path, as {@link CString} makes it */
    static FileState of(byte[] path) {
        try {
            return FileStatus.of(path)
                    .map(file ->
                            new FileState(kind(file), file.device(), file.inode(), file.size(), file.changedNanos()))
                    .orElseGet(() -> none(Kind.MISSING));
        } catch (IOException e) {
            return none(Kind.HIDDEN);
        }
    }

    /** As equals, which the JVM makes at run time, and which costs as much as a system call. */
    boolean isSame(FileState other) {
        return kind == other.kind
                && device == other.device
                && inode == other.inode
                && size == other.size
                && changedNanos == other.changedNanos;
    }

    private static FileState none(Kind kind) {
        return new FileState(kind, 0, 0, 0, 0);
    }

    private static Kind kind(FileStatus file) {
        if (file.isRegularFile()) {
            return Kind.REGULAR;
        }
        return file.isDirectory() ? Kind.DIRECTORY : Kind.SPECIAL;
    }

    /** Whether it was changed so long before this time that a later change shows. */
    boolean isSettledAt(long millis) {
        long changedMillis = TimeUnit.NANOSECONDS.toMillis(changedNanos);
        return changedMillis + TICKS.toMillis() < millis || changedMillis > millis + CLOCK_WAS_SET.toMillis();
    }
}
