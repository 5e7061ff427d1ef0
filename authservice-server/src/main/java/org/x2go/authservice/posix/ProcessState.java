package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What code that runs in a process can change of it to the harm of what runs there later. Used by one thread, the one that runs
 * that code, in a process where no other makes files. {@link ThreadState} has what belongs to that thread alone and can be
 * restored.
 */
public final class ProcessState {
    private static final int STANDARD_DESCRIPTORS = 3;

    /** Of struct statx (statx(2)), which is the same on every architecture: a file's number, and its device's. */
    private static final int STATX_BYTES = 256;

    private static final int INODE_OFFSET = 32;
    private static final int DEVICE_OFFSET = 136;
    private static final int STATX_INO = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_FDCWD = -100;

    private static final int CALLING_THREAD = 0;
    private static final String ROOT = "/";

    private final Memory statx = new Memory(STATX_BYTES);
    private final Memory noPath = new Memory(1);
    private final Memory rootPath = new Memory(2);

    private final int umask;
    private final Map<String, long[]> before;

    /** Remembers how things are. */
    public ProcessState() {
        noPath.clear();
        rootPath.setString(0, ROOT);
        umask = LibC.umask(077);
        LibC.umask(umask);
        before = look();
    }

    /**
     * Restores what a call can restore, the umask and the directory, which is the root.
     *
     * @throws IOException if the directory cannot be changed
     */
    public void restore() throws IOException {
        LibC.umask(umask);
        ProcessControl.changeDirectory(ROOT);
    }

    /** What else is not any more as it was when this was made, if anything. */
    public Optional<String> changed() {
        Map<String, long[]> now = look();
        return before.entrySet().stream()
                .filter(each -> !Arrays.equals(each.getValue(), now.get(each.getKey())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Map<String, long[]> look() {
        Map<String, long[]> state = new LinkedHashMap<>();
        state.put("the user or group", ids());
        state.put("the supplementary groups", groups());
        state.put("the capabilities", Capabilities.ofCallingThread());
        state.put(
                "the scheduling",
                new long[] {LibC.sched_getscheduler(CALLING_THREAD), LibC.getpriority(0, CALLING_THREAD)});
        state.put("the root directory", file(AT_FDCWD, rootPath, 0));
        for (int fd = 0; fd < STANDARD_DESCRIPTORS; fd++) {
            state.put("a standard descriptor (" + fd + ")", file(fd, noPath, AT_EMPTY_PATH));
        }
        return state;
    }

    private static long[] ids() {
        int[][] ids = new int[6][1];
        LibC.getresuid(ids[0], ids[1], ids[2]);
        LibC.getresgid(ids[3], ids[4], ids[5]);
        return Arrays.stream(ids).mapToLong(id -> id[0]).toArray();
    }

    private static long[] groups() {
        int[] groups = new int[LibC.getgroups(0, new int[0])];
        LibC.getgroups(groups.length, groups);
        return Arrays.stream(groups).asLongStream().toArray();
    }

    /** Number and device of a file; none if there is none, as where a descriptor was closed. */
    private long[] file(int descriptor, Memory path, int flags) {
        try {
            LibC.statx(descriptor, path, flags, STATX_INO, statx);
            return new long[] {statx.getLong(INODE_OFFSET), statx.getLong(DEVICE_OFFSET)};
        } catch (LastErrorException e) {
            return new long[0];
        }
    }
}
