package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens files as libpam's fopen(3) does, and remembers what lay at each path: also that there was nothing. */
final class VisitedFiles {
    /** More than any service has: files that include each other twice each would be read for ever. */
    private static final int MAX_FILES = 500;

    private static final long MAX_BYTES = 1 << 20;

    private final Map<Path, FileState> states = new LinkedHashMap<>();
    private int opened;

    /**
     * What is in a file.
     *
     * @return null if there is no such file
     * @throws IOException if there is one, but libpam could not read it either
     * @throws RefusedFileException if libpam must not try
     */
    byte @Nullable [] open(Path path) throws IOException, RefusedFileException {
        FileState state = states.computeIfAbsent(path, FileState::of);
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
        for (Map.Entry<Path, FileState> visited : states.entrySet()) {
            if (!visited.getValue().equals(FileState.of(visited.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every change from this time on shows in {@link #areCurrent}. */
    boolean areSettledAt(long millis) {
        return states.values().stream().allMatch(state -> state.isSettledAt(millis));
    }
}
