package org.x2go.authservice.pam;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The one function that older versions of libpam lack, in a class of its own so that the others work without it. */
@SuppressWarnings("MemberName")
final class LibPamConfdir {
    private static boolean bound;

    private LibPamConfdir() {}

    /**
     * Binds this class. Calls after the first success do nothing.
     *
     * @throws PamUnavailableException if this libpam reads service files from the system's own directories only
     */
    static synchronized void bind(NativeLibrary libpam) throws PamUnavailableException {
        if (!bound) {
            register(libpam);
            bound = true;
        }
    }

    static void register(NativeLibrary library) throws PamUnavailableException {
        try {
            Native.register(LibPamConfdir.class, library);
        } catch (UnsatisfiedLinkError e) {
            throw new PamUnavailableException(
                    "a directory of PAM service files can only be given with Linux-PAM 1.4 or newer: "
                            + library.getName() + " has no pam_start_confdir",
                    e);
        }
    }

    /** Called by {@link LibPam#start} only, which stops a forked child that returns. */
    static native int pam_start_confdir(
            byte[] service, byte @Nullable [] user, Pointer conversation, byte[] confdir, long[] handle);
}
