package org.x2go.authservice.posix;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The C library's calls that start and watch over processes, bound as they are; those of posix_spawn return their error. */
@SuppressWarnings("MemberName")
final class LibCSpawn {
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGINFO_BYTES = 128;

    /** The same on every architecture. */
    private static final int SYS_PIDFD_OPEN = 434;

    /** {@code posix_spawn_file_actions_addclosefrom_np}, which glibc has since 2.34. */
    static final @Nullable Function CLOSE_FROM;

    /** {@code posix_spawn_file_actions_addchdir_np}, which glibc has since 2.29 and musl since 1.1.24. */
    static final @Nullable Function CHANGE_DIRECTORY;

    private static final Function STRSIGNAL;
    private static final Function SYSCALL;

    static {
        NativeLibrary libc = NativeLibrary.getInstance("c");
        Native.register(LibCSpawn.class, libc);
        SYSCALL = libc.getFunction("syscall");
        STRSIGNAL = libc.getFunction("strsignal");
        CHANGE_DIRECTORY = function(libc, "posix_spawn_file_actions_addchdir_np");
        CLOSE_FROM = function(libc, "posix_spawn_file_actions_addclosefrom_np");
    }

    private LibCSpawn() {}

    private static @Nullable Function function(NativeLibrary library, String name) {
        try {
            return library.getFunction(name);
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    static native int posix_spawn(
            Pointer pid, byte[] path, Pointer fileActions, Pointer attributes, Pointer argv, Pointer envp);

    static native int posix_spawn_file_actions_init(Pointer actions);

    static native int posix_spawn_file_actions_destroy(Pointer actions);

    static native int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int newFd);

    static native int posix_spawn_file_actions_addclose(Pointer actions, int fd);

    static native int posix_spawnattr_init(Pointer attributes);

    static native int posix_spawnattr_destroy(Pointer attributes);

    static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    static native int waitid(int idType, int id, Pointer info, int options) throws LastErrorException;

    static native int waitpid(int pid, Pointer status, int options) throws LastErrorException;

    /** As the one above, for who expects that there may be no child, and wants no status: -1 then, and no exception. */
    static native int waitpid(int pid, long noStatus, int options);

    static native int kill(int pid, int signal) throws LastErrorException;

    /** A descriptor that can be read when a child has ended (pidfd_open(2)), or -1 if the kernel has none. */
    static int pidfd(int pid) {
        int fd = SYSCALL.invokeInt(new Object[] {(long) SYS_PIDFD_OPEN, (long) pid, 0L});
        return Math.max(fd, -1);
    }

    /** Waits until a child has ended, without collecting it. */
    static void awaitEnd(int pid) {
        while (true) {
            try (Memory info = new Memory(SIGINFO_BYTES)) {
                waitid(P_PID, pid, info, WEXITED | WNOWAIT);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.EINTR) {
                    throw e;
                }
            }
        }
    }

    /** Whether a child has ended, without collecting it. */
    static boolean hasEnded(int pid) {
        try (Memory info = new Memory(SIGINFO_BYTES)) {
            info.clear();
            waitid(P_PID, pid, info, WEXITED | WNOWAIT | WNOHANG);
            // The first field is the signal that tells of an end, which is left as it was if there is none.
            return info.getInt(0) != 0;
        }
    }

    /** Collects a child that has ended, and returns its status. */
    static int collect(int pid) {
        try (Memory status = new Memory(Integer.BYTES)) {
            LibCSpawn.waitpid(pid, status, 0);
            return status.getInt(0);
        }
    }

    static String nameOf(int signal) {
        return STRSIGNAL.invokeString(new Object[] {signal}, false);
    }
}
