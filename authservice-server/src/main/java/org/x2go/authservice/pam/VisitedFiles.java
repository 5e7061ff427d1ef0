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

/** Opens files as libpam's fopen(3) does, and remembers what lay at each path: also that there was nothing. */
final class VisitedFiles {
    /** More than any service has: files that include each other twice each would be read for ever. */
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
     * What is in a file.
     *
     * @return null if there is no such file
     * @throws IOException if there is one, but libpam could not read it either
     * @throws RefusedFileException if libpam must not try
     */
    byte @Nullable [] open(Path path) throws IOException, RefusedFileException {
        FileState state = visited.computeIfAbsent(path, Visited::new).state;
        if (++opened > MAX_FILES) {
            throw new RefusedFileException(
                    path + " is one of more than " + MAX_FILES + " files that are included", "include less");
        }
        return switch (state.kind()) {
            case MISSING -> null;
            case HIDDEN -> throw new AccessDeniedException(path.toString());
            case SPECIAL ->
                throw new RefusedFileException(
                        path + " is not a regular file", "libpam might wait for it for ever: make it one");
            case DIRECTORY -> directory(path);
            case REGULAR -> content(path, state);
        };
    }

    /** It can be opened, and is at its end at once. */
    private static byte[] directory(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        return new byte[0];
    }

    private static byte @Nullable [] content(Path path, FileState state) throws IOException, RefusedFileException {
        if (state.size() > MAX_BYTES) {
            throw new RefusedFileException(path + " has " + state.size() + " bytes", "no file of rules is that long");
        }
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether at each path lies what lay there when it was opened. */
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

    /** How long ago they were. */
    long sinceCurrentNanos() {
        return System.nanoTime() - currentNanos;
    }

    /** Whether every change from this time on shows in {@link #areCurrent}. */
    boolean areSettledAt(long millis) {
        return visited.values().stream().allMatch(each -> each.state.isSettledAt(millis));
    }
}
