package org.x2go.authservice.posix;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * State of the process that a PAM module may change, to the harm of later requests. Used by the one thread that calls
 * PAM, in a process where no other thread creates files. {@link ThreadState} covers the state of that thread.
 */
public final class ProcessState {
    private static final String ROOT = "/";
    private static final int CALLING_THREAD = 0;

    /** Names for the values of {@link #values}, in its order. */
    private static final String[] NAMES = {
        "the user or group",
        "the supplementary groups",
        "the capabilities",
        "the scheduling",
        "the root directory",
        "a standard descriptor (0)",
        "a standard descriptor (1)",
        "a standard descriptor (2)"
    };

    private static final byte[] ROOT_PATH = CString.of(ROOT);

    private final int umask;
    private final long[][] before;

    /** Records the current state. */
    public ProcessState() throws IOException {
        umask = LibC.umask(077);
        LibC.umask(umask);
        before = values();
    }

    /**
     * Restores the umask, and the root directory as working directory.
     *
     * @throws IOException if the directory cannot be changed
     */
    public void restore() throws IOException {
        LibC.umask(umask);
        ProcessControl.changeDirectory(ROOT);
    }

    /** The name of a recorded value that has changed, if any has; {@link #restore} does not cover these. */
    public Optional<String> changed() throws IOException {
        long[][] now = values();
        for (int i = 0; i < NAMES.length; i++) {
            if (!Arrays.equals(before[i], now[i])) {
                return Optional.of(NAMES[i]);
            }
        }
        return Optional.empty();
    }

    private static long[][] values() throws IOException {
        return new long[][] {
            ids(),
            groups(),
            widened(Capabilities.ofCallingThread()),
            widened(LibC.sched_getscheduler(CALLING_THREAD), LibC.getpriority(0, CALLING_THREAD)),
            identity(FileStatus.of(ROOT_PATH)),
            identity(FileStatus.ofDescriptor(0)),
            identity(FileStatus.ofDescriptor(1)),
            identity(FileStatus.ofDescriptor(2))
        };
    }

    private static long[] ids() {
        int[][] ids = new int[6][1];
        LibC.getresuid(ids[0], ids[1], ids[2]);
        LibC.getresgid(ids[3], ids[4], ids[5]);
        return widened(ids[0][0], ids[1][0], ids[2][0], ids[3][0], ids[4][0], ids[5][0]);
    }

    private static long[] groups() {
        int[] groups = new int[LibC.getgroups(0, new int[0])];
        LibC.getgroups(groups.length, groups);
        return widened(groups);
    }

    /** A plain loop instead of a stream: this runs for each request, and a worker's JVM compiles little. */
    private static long[] widened(int... numbers) {
        long[] wide = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            wide[i] = numbers[i];
        }
        return wide;
    }

    /** Number and device of a file; none if there is none, as where a descriptor was closed. */
    private static long[] identity(Optional<FileStatus> file) {
        return file.map(found -> new long[] {found.inode(), found.device()}).orElseGet(() -> new long[0]);
    }
}
