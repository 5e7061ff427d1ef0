package org.x2go.authservice.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How much memory this process has, and what others may see of it. */
public final class ProcessMemory {
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;

    private static final Path OOM_SCORE = Path.of("/proc/self/oom_score_adj");
    private static final int EARLY = 500;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    /** struct rusage, and where ru_maxrss is in it, in kilobytes. */
    private static final int RUSAGE_WORDS = 18;

    private static final int MAXRSS = 4;
    private static final int RUSAGE_SELF = 0;

    private ProcessMemory() {}

    /** The peak resident memory of this process, in bytes (getrusage(2)). */
    public static long peakBytes() {
        long[] usage = new long[RUSAGE_WORDS];
        LibC.getrusage(RUSAGE_SELF, usage);
        return usage[MAXRSS] << 10;
    }

    /** The resident memory of this process, in bytes (proc_pid_status(5), which counts in kilobytes and not in pages). */
    public static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(RESIDENT)) {
                String kilobytes = line.substring(RESIDENT.length(), line.lastIndexOf(' '));
                return Long.parseLong(kilobytes.strip()) << 10;
            }
        }
        throw new IOException(STATUS + " has no line " + RESIDENT);
    }

    /**
     * Makes this process undumpable: the kernel writes no core file of it, and only a process with CAP_SYS_PTRACE may
     * trace it or read its memory (PR_SET_DUMPABLE of prctl(2)). Child processes can be dumped.
     *
     * @throws IOException if the kernel refuses
     */
    public static void forbidDumps() throws IOException {
        Errno.check("make this process undumpable", () -> LibC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    }

    /**
     * Makes the kernel prefer this process when memory runs out and it kills one (oom_score_adj of proc(5)).
     *
     * @throws IOException if the kernel does not take that
     */
    public static void endFirstWhenExhausted() throws IOException {
        if (Integer.parseInt(Files.readString(OOM_SCORE).strip()) < EARLY) {
            Files.writeString(OOM_SCORE, Integer.toString(EARLY), StandardOpenOption.WRITE);
        }
    }

    /** Whether {@link #forbidDumps} is in force. */
    static boolean isDumpForbidden() {
        return LibC.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    }
}
