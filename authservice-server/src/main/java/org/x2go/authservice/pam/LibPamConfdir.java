package org.x2go.authservice.pam;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** The one function of libpam that older versions lack, apart from the others so that those work without it. */
@SuppressWarnings("MemberName")
final class LibPamConfdir {
    private static boolean bound;

    private LibPamConfdir() {}

    /**
     * Binds this class; done once, by the first call that succeeds.
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

    /** To be called by {@link LibPam#start} only, which looks at what comes back. */
    static native int pam_start_confdir(
            byte[] service, byte @Nullable [] user, Pointer conversation, byte[] confdir, long[] handle);
}
