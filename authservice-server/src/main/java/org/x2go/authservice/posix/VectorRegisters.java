package org.x2go.authservice.posix;

/**
 * The vector registers of the calling thread, in which C code that copies or compares a password leaves pieces of it. Now and
 * then the JVM writes all registers to the thread's stack ({@link org.x2go.authservice.protocol.SecretBytes}), so they have to
 * be overwritten before Java code runs.
 *
 * <p>JNA does this for a function that gets an array: when the function has returned, JNA copies the array back with
 * memmove(3), which uses the same registers as the copies of the password.
 */
public final class VectorRegisters {
    /** Enough for memmove to use as many registers as for any password; from 2 KiB on it may use none (rep movsb). */
    private static final byte[] ZEROS = new byte[1024];

    private VectorRegisters() {}

    /** One argument more for a function that handles passwords. C ignores it. */
    public static byte[] zeros() {
        return ZEROS;
    }

    /** Overwrites what is in them now. To be called first in a callback from C. */
    public static void overwrite() {
        LibC.getpid(ZEROS);
    }
}
