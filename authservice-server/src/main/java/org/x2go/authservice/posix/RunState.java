package org.x2go.authservice.posix;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a thread computes, or waits for something else than a processor, as the kernel has it: the third field of
 * proc_pid_stat(5). The thread may be any of this machine's that this process may see. Thread-safe.
 */
public final class RunState implements Closeable {
    private static final Path CALLING_THREAD = Path.of("/proc/thread-self");

    /** A number, a name of at most 15 bytes in parentheses, and the state, which is one letter. */
    private static final int BEGINNING = 32;

    private final RandomAccessFile stat;
    private final byte[] beginning = new byte[BEGINNING];

    private RunState(Path directory) throws IOException {
        stat = new RandomAccessFile(directory.resolve("stat").toFile(), "r");
    }

    /**
     * That of the thread that calls this, for other threads to look at.
     *
     * @throws IOException if the kernel does not tell
     */
    public static RunState ofCallingThread() throws IOException {
        return new RunState(CALLING_THREAD);
    }

    /**
     * That of a thread.
     *
     * @param number what {@link #callingThread} gave there
     * @throws IOException if there is none, or this process may not see it
     */
    public static RunState ofThread(int number) throws IOException {
        return new RunState(Path.of("/proc/" + number + "/task/" + number));
    }

    /** The number of the thread that calls this, as gettid(2) has it; 0, which is none, if the kernel does not tell. */
    public static int callingThread() {
        try {
            return Integer.parseInt(
                    Files.readSymbolicLink(CALLING_THREAD).getFileName().toString());
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Whether it runs now, or would if a processor, or memory, were there for it: who asks for much memory waits for others in
     * its process, and is then in the state that is named after disks. Who waits for a disk, be it over a network, cannot be
     * told from that. False if nothing can be told, as after its end.
     */
    public synchronized boolean isComputing() {
        int length;
        try {
            stat.seek(0);
            length = stat.read(beginning);
        } catch (IOException e) {
            return false;
        }
        // The name may have parentheses in it, what follows has none.
        for (int i = length - 3; i > 0; i--) {
            if (beginning[i] == ')') {
                return beginning[i + 2] == 'R' || beginning[i + 2] == 'D';
            }
        }
        return false;
    }

    @Override
    public synchronized void close() {
        try {
            stat.close();
        } catch (IOException e) {
            // The descriptor is gone all the same (close(2)).
        }
    }
}
