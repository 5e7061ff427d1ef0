package org.x2go.authservice.pam;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.ProcessControl;
import org.x2go.authservice.posix.VectorRegisters;

/**
 * libpam's functions, bound by {@link #bind} before the first call. Each is described in the man page of its name,
 * section 3.
 *
 * <p>After a function that runs module code, a forked child that returned from the module by mistake exits at once: it
 * shares the parent's descriptors, and its JVM cannot work, as a fork copies only the calling thread.
 *
 * <p>Functions that handle the password get the zeros of {@link VectorRegisters}, which libpam ignores.
 *
 * <p>Texts are arrays of bytes made by {@link org.x2go.authservice.posix.CString}, because JNA's encoding of strings
 * depends on a setting of the whole process. libpam is thread-safe as long as each handle is used by one thread at a
 * time.
 */
@SuppressWarnings("MemberName")
final class LibPam {
    /** The library's name since Linux-PAM 0.99. */
    static final String LIBRARY = "libpam.so.0";

    static final int PAM_USER = 2;
    static final int PAM_TTY = 3;
    static final int PAM_RUSER = 8;

    /** A function to be called instead of sleeping, {@code void (int status, unsigned microseconds, void *appdata)}. */
    static final int PAM_FAIL_DELAY = 10;

    /** Refuse accounts that have no password. */
    static final int PAM_DISALLOW_NULL_AUTHTOK = 1;

    private static final int PID = ProcessControl.pid();

    private static boolean bound;

    private LibPam() {}

    /**
     * Loads libpam and binds this class to it. Calls after the first success do nothing.
     *
     * @throws PamUnavailableException if libpam or JNA's native library cannot be loaded
     */
    static synchronized void bind(String library) throws PamUnavailableException {
        if (bound) {
            return;
        }
        Native.register(LibPam.class, load(library));
        bound = true;
    }

    /** Finds a native library, with errors that say what to do. */
    static NativeLibrary load(String library) throws PamUnavailableException {
        try {
            requireJna();
        } catch (LinkageError e) {
            throw new PamUnavailableException(
                    "cannot load JNA's native library, through which PAM is called: " + e.getMessage(), e);
        }
        try {
            return NativeLibrary.getInstance(library);
        } catch (UnsatisfiedLinkError e) {
            throw new PamUnavailableException(
                    "cannot load " + library + ": install Linux-PAM's library (Debian and Ubuntu: libpam0g; Fedora and"
                            + " openSUSE: pam)",
                    e);
        }
    }

    /** The first use of the class Native loads JNA's native library; this one also checks for 64 bits. */
    private static void requireJna() {
        if (Native.getNativeSize(Pointer.class) != Long.BYTES) {
            throw new UnsatisfiedLinkError("only 64-bit systems are supported");
        }
    }

    /**
     * Starts a transaction.
     *
     * @param confdir the only directory of service files, or null for the system's
     * @param handle one element, which is set to the new handle if PAM_SUCCESS is returned
     */
    static int start(
            byte[] service, byte @Nullable [] user, Pointer conversation, byte @Nullable [] confdir, long[] handle) {
        return exitIfForked(
                confdir == null
                        ? pam_start(service, user, conversation, handle)
                        : LibPamConfdir.pam_start_confdir(service, user, conversation, confdir, handle));
    }

    static int authenticate(Pointer handle, int flags) {
        return exitIfForked(pam_authenticate(handle, flags, VectorRegisters.longZeros(), VectorRegisters.shortZeros()));
    }

    static int acctMgmt(Pointer handle, int flags) {
        return exitIfForked(pam_acct_mgmt(handle, flags, VectorRegisters.longZeros(), VectorRegisters.shortZeros()));
    }

    static int end(Pointer handle, int status) {
        return exitIfForked(pam_end(handle, status, VectorRegisters.longZeros(), VectorRegisters.shortZeros()));
    }

    private static int exitIfForked(int returned) {
        if (ProcessControl.pid() != PID) {
            ProcessControl.exit(1);
        }
        return returned;
    }

    private static native int pam_start(byte[] service, byte @Nullable [] user, Pointer conversation, long[] handle);

    static native int pam_set_item(Pointer handle, int item, byte[] value);

    /**
     * The parameter has the callback's own type, so that JNA calls the callback without reflection. libpam may call it in a
     * forked child, where reflection could define a class, and wait for a lock that another thread held at the fork.
     */
    static native int pam_set_item(Pointer handle, int item, PamConversation.Delay value);

    /** @param value one element, which is set to the item's address, or to 0 if it has no value */
    static native int pam_get_item(Pointer handle, int item, long[] value);

    private static native int pam_authenticate(Pointer handle, int flags, byte[] longZeros, byte[] shortZeros);

    private static native int pam_acct_mgmt(Pointer handle, int flags, byte[] longZeros, byte[] shortZeros);

    private static native int pam_end(Pointer handle, int status, byte[] longZeros, byte[] shortZeros);

    static native @Nullable Pointer pam_strerror(@Nullable Pointer handle, int status);
}
