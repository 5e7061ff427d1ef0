package org.x2go.authservice.posix;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The C library's calls that this package is built on, bound as they are. */
@SuppressWarnings("MemberName")
final class LibC {
    static final int AF_UNIX = 1;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int CLONE_FS = 0x200;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int FD_CLOEXEC = 1;
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NOCTTY = 0400;
    static final int O_APPEND = 02000;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    /** This flag and the next differ between processors (fcntl.h of the kernel). */
    static final int O_NOFOLLOW = Platform.isARM() || Platform.isPPC() ? 0100000 : 0400000;

    static final int O_DIRECTORY = O_NOFOLLOW / 2;

    /** The same on every architecture. */
    static final int SYS_PIDFD_OPEN = 434;

    static final int WNOHANG = 1;
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;

    private static final NativeLibrary LIBRARY = NativeLibrary.getInstance("c");

    /** {@code posix_spawn_file_actions_addclosefrom_np}, which glibc has since 2.34. */
    static final @Nullable Function CLOSE_FROM = optional("posix_spawn_file_actions_addclosefrom_np");

    /** {@code posix_spawn_file_actions_addchdir_np}, which glibc has since 2.29 and musl since 1.1.24. */
    static final @Nullable Function CHANGE_DIRECTORY = optional("posix_spawn_file_actions_addchdir_np");

    static {
        Native.register(LibC.class, LIBRARY);
    }

    private static final Function OPEN = LIBRARY.getFunction("open", Function.THROW_LAST_ERROR);

    private LibC() {}

    /**
     * Creates a file if the path does not exist. The mode is a variadic argument of open(2), which direct bindings do
     * not support.
     */
    static int create(Path path, int flags, int mode) throws LastErrorException {
        return OPEN.invokeInt(new Object[] {CString.of(path.toString()), flags | O_CREAT | O_EXCL | O_CLOEXEC, mode});
    }

    private static @Nullable Function optional(String name) {
        try {
            return LIBRARY.getFunction(name);
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int bind(int fd, Pointer address, int length) throws LastErrorException;

    static native int listen(int fd, int backlog) throws LastErrorException;

    static native int getsockopt(int fd, int level, int option, Pointer value, Pointer length)
            throws LastErrorException;

    static native int setsockopt(int fd, int level, int option, Pointer value, int length) throws LastErrorException;

    static native int socketpair(int domain, int type, int protocol, Pointer fds) throws LastErrorException;

    static native int fcntl(int fd, int command, int argument) throws LastErrorException;

    static native int dup2(int fd, int newFd) throws LastErrorException;

    static native int getresuid(int[] real, int[] effective, int[] saved);

    static native int getresgid(int[] real, int[] effective, int[] saved);

    static native int getgroups(int size, int[] groups);

    /** Without an exception, since a missing file is an ordinary result of a frequent call. */
    static native int statx(int fd, byte[] path, int flags, int mask, byte[] into);

    static native int pipe2(Pointer fds, int flags) throws LastErrorException;

    static native int eventfd(int initial, int flags) throws LastErrorException;

    static native long send(int fd, long bytes, long count, int flags) throws LastErrorException;

    static native long read(int fd, long into, long count) throws LastErrorException;

    static native long write(int fd, byte[] bytes, long count) throws LastErrorException;

    static native int poll(Pointer pollfds, long count, int timeoutMillis) throws LastErrorException;

    static native int getsockname(int fd, Pointer address, Pointer length) throws LastErrorException;

    static native long sendto(int fd, byte[] message, long length, int flags, Pointer address, int addressLength)
            throws LastErrorException;

    static native int fchmod(int fd, int mode) throws LastErrorException;

    static native int umask(int mask);

    static native int sched_setscheduler(int thread, int policy, Pointer parameters) throws LastErrorException;

    static native int sched_getscheduler(int thread);

    static native int getpriority(int which, int who);

    static native int pthread_sigmask(int how, byte @Nullable [] set, byte @Nullable [] old);

    static native int unshare(int flags) throws LastErrorException;

    /** Returns the previous user; it reports no error (setfsuid(2)). */
    static native int setfsuid(int uid);

    /** Returns the previous group; it reports no error (setfsgid(2)). */
    static native int setfsgid(int gid);

    static native int capget(int[] header, int[] data) throws LastErrorException;

    static native int capset(int[] header, int[] data) throws LastErrorException;

    static native int open(byte[] path, int flags) throws LastErrorException;

    static native int flock(int fd, int operation) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int prctl(int option, long arg2, long arg3, long arg4, long arg5) throws LastErrorException;

    static native void openlog(Pointer name, int options, int facility);

    static native int getrlimit(int resource, Pointer limit) throws LastErrorException;

    static native int setrlimit(int resource, Pointer limit) throws LastErrorException;

    static native int getrusage(int who, long[] usage);

    static native int getpid();

    /** C ignores the zeros; see {@link VectorRegisters}. */
    static native int getpid(byte[] longZeros, byte[] shortZeros);

    static native int setsid() throws LastErrorException;

    static native int chdir(byte[] directory) throws LastErrorException;

    /** Returns the handler before. */
    static native Pointer signal(int signal, Pointer handler);

    static native String strerror(int error);

    static native String strsignal(int signal);

    static native long syscall(long number, long first, long second);

    static native int kill(int pid, int signal) throws LastErrorException;

    static native int waitpid(int pid, Pointer status, int options) throws LastErrorException;

    /** Like the function above, without a status; returns -1 instead of an exception if there is no child. */
    static native int waitpid(int pid, long noStatus, int options);

    static native void _exit(int status);

    static native int geteuid();

    static native int getegid();

    /** This one and those named after it return their error. */
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
}
