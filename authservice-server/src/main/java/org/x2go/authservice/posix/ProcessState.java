package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.util.Arrays;
import java.util.Optional;

/**
 * What code that runs in a process can change of it to the harm of what runs there later: as whom it runs, with which umask,
 * and what its standard descriptors are. Used by one thread, in a process where no other makes files.
 */
public final class ProcessState {
    private static final int STANDARD_DESCRIPTORS = 3;
    private static final int IDS = 3;
    private static final int LINK_BYTES = 64;

    private final Memory now = new Memory((2L * IDS) * Integer.BYTES + (long) STANDARD_DESCRIPTORS * LINK_BYTES);
    private final Memory[] paths = new Memory[STANDARD_DESCRIPTORS];
    private final byte[] before;
    private final int umask;

    /** Remembers how things are. */
    public ProcessState() {
        for (int i = 0; i < STANDARD_DESCRIPTORS; i++) {
            byte[] path = CString.of("/proc/self/fd/" + i);
            paths[i] = new Memory(path.length);
            paths[i].write(0, path, 0, path.length);
        }
        before = look();
        umask = currentUmask();
    }

    /** What is not any more as it was when this was made, if anything. */
    public Optional<String> changed() {
        if (currentUmask() != umask) {
            return Optional.of("the umask");
        }
        byte[] after = look();
        int different = Arrays.mismatch(before, after);
        if (different < 0) {
            return Optional.empty();
        }
        return Optional.of(different < 2 * IDS * Integer.BYTES ? "the user or group" : "a standard descriptor");
    }

    private byte[] look() {
        now.clear();
        LibC.getresuid(now, now.share(4), now.share(8));
        LibC.getresgid(now.share(12), now.share(16), now.share(20));
        for (int i = 0; i < STANDARD_DESCRIPTORS; i++) {
            try {
                LibC.readlink(paths[i], now.share(2L * IDS * Integer.BYTES + (long) i * LINK_BYTES), LINK_BYTES);
            } catch (LastErrorException e) {
                // Closed: nothing is there, which differs from whatever was.
            }
        }
        return now.getByteArray(0, (int) now.size());
    }

    /** It can be read by setting it only (umask(2)). */
    private static int currentUmask() {
        int mask = LibC.umask(077);
        LibC.umask(mask);
        return mask;
    }
}
