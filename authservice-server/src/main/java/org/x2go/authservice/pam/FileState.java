package org.x2go.authservice.pam;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.posix.FileStatus;

/**
 * The identity and ctime of the file at a path (links are followed), to detect changes. No program can set the ctime,
 * and it covers content, owner and mode.
 */
record FileState(Kind kind, long device, long inode, long size, long changedNanos) {
    /** The kind of the file. */
    enum Kind {
        REGULAR,
        DIRECTORY,
        /** A pipe, a socket or a device. */
        SPECIAL,
        /** There is no file. */
        MISSING,
        /** This process may not examine it. */
        HIDDEN
    }

    /**
     * Two changes within one tick of the kernel's clock, at most 10 ms, have the same time. After this time a file is
     * settled.
     */
    static final Duration TICKS = Duration.ofMillis(20);

    /** A ctime in the future, from before the clock was set back, does not count as recent either. */
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

    /** Like equals, which for a record is generated at run time and costs as much as a system call. */
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

    /** Whether a change after this time would show as another ctime. */
    boolean isSettledAt(long millis) {
        long changedMillis = TimeUnit.NANOSECONDS.toMillis(changedNanos);
        return changedMillis + TICKS.toMillis() < millis || changedMillis > millis + CLOCK_WAS_SET.toMillis();
    }
}
