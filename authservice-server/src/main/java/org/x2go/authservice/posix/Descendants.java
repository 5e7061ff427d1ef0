package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * The processes that descend from this one. After {@link #becomeSubreaper}, orphaned descendants become its own
 * children, whatever session they are in.
 */
public final class Descendants {
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int ANY = -1;

    /** A process that is killed ends within milliseconds, unless it waits for a disk. */
    private static final int MAX_ATTEMPTS = 200;

    private static final long PAUSE_MILLIS = 5;

    private Descendants() {}

    /** From now on, descendants that lose their parent become children of this process (PR_SET_CHILD_SUBREAPER). */
    public static void becomeSubreaper() throws IOException {
        Errno.check("become a subreaper", () -> LibC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    }

    /**
     * Reaps the children that have exited. Must be called only while nothing else in this process waits for a child.
     */
    public static void collectEnded() {
        while (collect(ANY) > 0) {
            // The next one.
        }
    }

    /**
     * Kills and reaps the children of this process, and the descendants that become its children by that.
     *
     * @param except the children, by process number, that are not killed
     */
    public static void kill(IntPredicate except) throws IOException {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            List<Integer> children = children(except);
            if (children.isEmpty()) {
                return;
            }
            for (int child : children) {
                kill(child);
            }
            if (i > 0) {
                pause();
            }
            children.forEach(Descendants::collect);
        }
        throw new IOException("cannot kill the processes " + children(except) + ", which descend from this one");
    }

    private static void kill(int pid) {
        try {
            LibC.kill(pid, LibC.SIGKILL);
        } catch (LastErrorException e) {
            // It has ended.
        }
    }

    /** Returns the number of the reaped child, 0 if it still runs, or -1 if there is none. */
    private static int collect(int pid) {
        return LibC.waitpid(pid, 0L, LibC.WNOHANG);
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ending processes", e);
        }
    }

    private static List<Integer> children(IntPredicate except) throws IOException {
        long self = ProcessHandle.current().pid();
        List<Integer> children = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (parentOf(process) == self && !except.test(pid)) {
                    children.add(pid);
                }
            }
        }
        return children;
    }

    /** The fourth field of its stat file (proc(5)); the second is a name in parentheses, which may hold anything. */
    private static long parentOf(Path process) {
        // Not through a channel: the JDK opens a permanent socket of its own with the first one.
        try (FileInputStream file = new FileInputStream(process.resolve("stat").toFile())) {
            String stat = new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3)[1]);
        } catch (IOException e) {
            // It has ended meanwhile.
            return -1;
        }
    }
}
