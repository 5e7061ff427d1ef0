package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What code that runs in a process can change of it to the harm of what runs there later: as whom it runs, with which umask,
 * and what its standard descriptors are. Used by one thread, in a process where no other makes files.
 */
public final class ProcessState {
    private static final int STANDARD_DESCRIPTORS = 3;
    private static final int IDS = 6;

    /** Of struct statx (statx(2)), which is the same on every architecture: a file's number, and its device's. */
    private static final int STATX_BYTES = 256;

    private static final int INODE_OFFSET = 32;
    private static final int DEVICE_OFFSET = 136;
    private static final int STATX_INO = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;

    private final Memory ids = new Memory((long) IDS * Integer.BYTES);
    private final Pointer[] idPointers = new Pointer[IDS];
    private final Memory statx = new Memory(STATX_BYTES);
    private final Memory noPath = new Memory(1);

    private final int umask;
    private final long[] before;

    /** Remembers how things are. */
    public ProcessState() {
        for (int i = 0; i < IDS; i++) {
            idPointers[i] = ids.share((long) i * Integer.BYTES);
        }
        noPath.clear();
        umask = currentUmask();
        before = look();
    }

    /** What is not any more as it was when this was made, if anything. */
    public Optional<String> changed() {
        if (currentUmask() != umask) {
            return Optional.of("the umask");
        }
        int different = Arrays.mismatch(before, look());
        if (different < 0) {
            return Optional.empty();
        }
        return Optional.of(different < IDS / 2 ? "the user or group" : "a standard descriptor");
    }

    /** All numbers that tell: the users and groups, two in one, then two for each descriptor. */
    private long[] look() {
        LibC.getresuid(idPointers[0], idPointers[1], idPointers[2]);
        LibC.getresgid(idPointers[3], idPointers[4], idPointers[5]);
        long[] numbers = new long[IDS / 2 + 2 * STANDARD_DESCRIPTORS];
        ids.read(0, numbers, 0, IDS / 2);
        for (int fd = 0; fd < STANDARD_DESCRIPTORS; fd++) {
            try {
                LibC.statx(fd, noPath, AT_EMPTY_PATH, STATX_INO, statx);
                numbers[IDS / 2 + 2 * fd] = statx.getLong(INODE_OFFSET);
                numbers[IDS / 2 + 2 * fd + 1] = statx.getLong(DEVICE_OFFSET);
            } catch (LastErrorException e) {
                // Closed, which no number stands for.
                numbers[IDS / 2 + 2 * fd] = -1;
            }
        }
        return numbers;
    }

    /** It can be read by setting it only (umask(2)). */
    private static int currentUmask() {
        int mask = LibC.umask(077);
        LibC.umask(mask);
        return mask;
    }
}
