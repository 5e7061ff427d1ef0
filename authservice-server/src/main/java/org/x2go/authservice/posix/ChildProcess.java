package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A child process started with posix_spawn(3), which unlike fork(2) is safe beside other threads. The child inherits
 * only the given descriptors and has no signal blocked. It has its own session, which a terminal's signals do not
 * reach. Its working directory is the root directory, since ours may have been removed.
 *
 * <p>The JDK's Process supports pipes only, and does not tell a signal from an exit status.
 */
public final class ChildProcess implements AutoCloseable {
    private static final int FIRST_TO_CLOSE = 3;

    /** More than glibc's and musl's structures need. */
    private static final int STRUCT_BYTES = 1024;

    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;

    private static final int SIGSET_BYTES = 128;

    private final int pid;
    private final int output;

    private final int pidfd;

    /** Whether it was reaped, after which its number may belong to another process. */
    private boolean reaped;

    private ChildProcess(int pid, int output) {
        this.pid = pid;
        this.output = output;
        this.pidfd = (int) Math.max(LibC.syscall(LibC.SYS_PIDFD_OPEN, pid, 0), -1);
    }

    /**
     * Starts a program.
     *
     * @param command the program's absolute path, and its arguments
     * @param environment all of its environment, as NAME=value
     * @param input the descriptor that becomes the child's standard input
     * @return the process; {@link #readOutput} reads its standard output and error; {@link #reap} must be called until
     *     it has exited
     */
    public static ChildProcess start(List<String> command, List<String> environment, int input) throws IOException {
        int[] pipe = pipe();
        try {
            int pid = spawn(command, environment, input, pipe[1]);
            ChildProcess process = new ChildProcess(pid, pipe[0]);
            pipe[0] = -1;
            return process;
        } finally {
            LibC.close(pipe[1]);
            if (pipe[0] >= 0) {
                LibC.close(pipe[0]);
            }
        }
    }

    private static int[] pipe() throws IOException {
        try (Memory fds = new Memory(2L * Integer.BYTES)) {
            Errno.check("make a pipe", () -> LibC.pipe2(fds, LibC.O_CLOEXEC));
            return fds.getIntArray(0, 2);
        }
    }

    private static int spawn(List<String> command, List<String> environment, int input, int output) throws IOException {
        List<Memory> strings = new ArrayList<>();
        try (Memory actions = new Memory(STRUCT_BYTES);
                Memory attributes = new Memory(STRUCT_BYTES);
                Memory signals = new Memory(SIGSET_BYTES);
                Memory pid = new Memory(Integer.BYTES);
                Memory argv = vector(command, strings);
                Memory envp = vector(environment, strings)) {
            check(LibC.posix_spawn_file_actions_init(actions), command);
            check(LibC.posix_spawnattr_init(attributes), command);
            try {
                check(LibC.posix_spawn_file_actions_adddup2(actions, input, 0), command);
                check(LibC.posix_spawn_file_actions_adddup2(actions, output, 1), command);
                check(LibC.posix_spawn_file_actions_adddup2(actions, output, 2), command);
                changeDirectory(actions, command);
                closeOthers(actions, command);
                signals.clear();
                check(LibC.posix_spawnattr_setsigmask(attributes, signals), command);
                signals.setMemory(0, SIGSET_BYTES, (byte) 0xff);
                check(LibC.posix_spawnattr_setsigdefault(attributes, signals), command);
                short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID;
                check(LibC.posix_spawnattr_setflags(attributes, flags), command);
                check(LibC.posix_spawn(pid, CString.of(command.get(0)), actions, attributes, argv, envp), command);
                return pid.getInt(0);
            } finally {
                LibC.posix_spawn_file_actions_destroy(actions);
                LibC.posix_spawnattr_destroy(attributes);
            }
        } finally {
            strings.forEach(Memory::close);
        }
    }

    private static Memory vector(List<String> texts, List<Memory> strings) {
        Memory vector = new Memory((texts.size() + 1L) * Long.BYTES);
        for (int i = 0; i < texts.size(); i++) {
            byte[] bytes = CString.of(texts.get(i));
            Memory string = new Memory(bytes.length);
            string.write(0, bytes, 0, bytes.length);
            strings.add(string);
            vector.setPointer((long) i * Long.BYTES, string);
        }
        vector.setPointer((long) texts.size() * Long.BYTES, null);
        return vector;
    }

    private static void changeDirectory(Pointer actions, List<String> command) throws IOException {
        if (LibC.CHANGE_DIRECTORY != null) {
            check(LibC.CHANGE_DIRECTORY.invokeInt(new Object[] {actions, CString.of("/")}), command);
        }
    }

    /** The kernel closes most descriptors in exec, but the JDK does not set FD_CLOEXEC on all of its own. */
    private static void closeOthers(Pointer actions, List<String> command) throws IOException {
        if (LibC.CLOSE_FROM != null) {
            int error = LibC.CLOSE_FROM.invokeInt(new Object[] {actions, FIRST_TO_CLOSE});
            check(error, command);
            return;
        }
        // glibc before 2.34. That a number is free by then is no error.
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                int number = Integer.parseInt(descriptor.getFileName().toString());
                if (number >= FIRST_TO_CLOSE) {
                    check(LibC.posix_spawn_file_actions_addclose(actions, number), command);
                }
            }
        }
    }

    private static void check(int error, List<String> command) throws IOException {
        if (error != 0) {
            throw new IOException("cannot start " + command.get(0) + ": " + Errno.text(error));
        }
    }

    /** Its number. */
    public int pid() {
        return pid;
    }

    /** A descriptor that is readable when the child has written output or closed it. */
    public int output() {
        return output;
    }

    /** A descriptor that is readable when the child has exited, or -1 on Linux before 5.3. */
    public int pidfd() {
        return pidfd;
    }

    /**
     * Adds output to a direct buffer that has room; waits unless {@link #output} is readable.
     *
     * @return how many bytes came, or -1 if it has closed its output
     */
    public int readOutput(ByteBuffer into) throws IOException {
        try {
            long address = Pointer.nativeValue(Native.getDirectBufferPointer(into)) + into.position();
            int got = (int) LibC.read(output, address, into.remaining());
            into.position(into.position() + got);
            return got == 0 ? -1 : got;
        } catch (LastErrorException e) {
            throw new IOException("cannot read the output of process " + pid + ": " + Errno.text(e), e);
        }
    }

    /** How the process ended, or empty if it still runs. Must not be called again after it has ended. */
    public synchronized Optional<Ending> reap() throws IOException {
        try (Memory status = new Memory(Integer.BYTES)) {
            reaped = LibC.waitpid(pid, status, LibC.WNOHANG) != 0;
            return reaped ? Optional.of(new Ending(status.getInt(0))) : Optional.empty();
        } catch (LastErrorException e) {
            reaped = true;
            throw new IOException("cannot wait for process " + pid + ": " + Errno.text(e), e);
        }
    }

    /** Closes its output, when it has been reaped. */
    @Override
    public void close() {
        LibC.close(output);
        if (pidfd >= 0) {
            LibC.close(pidfd);
        }
    }

    /** Kills the process (SIGKILL), unless it has ended. */
    public synchronized void kill() {
        if (!reaped) {
            try {
                LibC.kill(pid, LibC.SIGKILL);
            } catch (LastErrorException e) {
                // A child that was not reaped can be missing only because it has ended.
            }
        }
    }

    /**
     * How a process ended.
     *
     * @param status as of waitpid(2)
     */
    public record Ending(int status) {
        private static final int SIGNAL = 0x7f;

        /** The signal that ended it, 0 if none did. */
        public int signal() {
            return status & SIGNAL;
        }

        /** Its exit status, if no signal ended it. */
        public int exitStatus() {
            return status >> 8 & 0xff;
        }

        @Override
        public String toString() {
            if (signal() == 0) {
                return "exit status " + exitStatus();
            }
            return "signal " + signal() + " (" + LibC.strsignal(signal()) + ")";
        }
    }
}
