package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.CString;

/** Opens files like libpam's fopen(3), and records the state of each path, missing files included. */
final class VisitedFiles {
    /** More than any service has. Files that include each other twice would otherwise be read for ever. */
    private static final int MAX_FILES = 500;

    private static final long MAX_BYTES = 1 << 20;

    private final Map<Path, Visited> visited = new LinkedHashMap<>();
    private int opened;
    private volatile long currentNanos = System.nanoTime();

    private static final class Visited {
        private final byte[] path;
        private final FileState state;

        Visited(Path path) {
            this.path = CString.of(path.toString());
            this.state = FileState.of(this.path);
        }

        boolean isCurrent() {
            return state.isSame(FileState.of(path));
        }
    }

    /**
     * Reads a file.
     *
     * @return null if there is no such file
     * @throws IOException if it exists, but libpam could not read it either
     * @throws RefusedFileException if libpam must not try
     */
    byte @Nullable [] open(Path path) throws IOException, RefusedFileException {
        FileState state = visited.computeIfAbsent(path, Visited::new).state;
        if (++opened > MAX_FILES) {
            throw new RefusedFileException(
                    path + " is one of more than " + MAX_FILES + " files that are included", "include fewer");
        }
        return switch (state.kind()) {
            case MISSING -> null;
            case HIDDEN -> throw new AccessDeniedException(path.toString());
            case SPECIAL ->
                throw new RefusedFileException(
                        path + " is not a regular file",
                        "libpam might block when it opens it: replace it with a regular file");
            case DIRECTORY -> directory(path);
            case REGULAR -> content(path, state);
        };
    }

    /** A directory can be opened, and is empty for fopen(3). */
    private static byte[] directory(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        return new byte[0];
    }

    private static byte @Nullable [] content(Path path, FileState state) throws IOException, RefusedFileException {
        if (state.size() > MAX_BYTES) {
            throw new RefusedFileException(path + " has " + state.size() + " bytes", "a service file must be smaller");
        }
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether each path is unchanged since it was opened. */
    boolean areCurrent() {
        long now = System.nanoTime();
        for (Visited each : visited.values()) {
            if (!each.isCurrent()) {
                return false;
            }
        }
        currentNanos = now;
        return true;
    }

    /** How long ago the paths were known to be current. */
    long sinceCurrentNanos() {
        return System.nanoTime() - currentNanos;
    }

    /** Whether every change from this time on shows in {@link #areCurrent}. */
    boolean areSettledAt(long millis) {
        return visited.values().stream().allMatch(each -> each.state.isSettledAt(millis));
    }
}
