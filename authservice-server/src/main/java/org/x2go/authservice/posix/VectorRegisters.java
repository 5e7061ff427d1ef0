package org.x2go.authservice.posix;

/**
 * The vector registers of the calling thread, in which C code that copies or compares a password leaves pieces of it. Now and
 * then the JVM writes all registers to the thread's stack ({@link org.x2go.authservice.protocol.SecretBytes}), so they have to
 * be overwritten before Java code runs.
 *
 * <p>JNA does this for a function that gets arrays: when the function has returned, JNA copies the arrays back with
 * memmove(3), which uses the same registers as libc's copies of the password. Registers that a module's own code has used
 * stay as they are.
 */
public final class VectorRegisters {
    /** Enough for memmove to use as many registers as for any longer password; from 2 KiB on it uses hardly any (rep movsb). */
    private static final byte[] LONG = new byte[1024];

    /** For 16 to 31 bytes memmove uses xmm0 and xmm1, even where it uses zmm16 and higher ones for more bytes. */
    private static final byte[] SHORT = new byte[31];

    private VectorRegisters() {}

    /** An additional argument for a function that handles passwords, together with {@link #shortZeros}. C ignores it. */
    public static byte[] longZeros() {
        return LONG;
    }

    /** An additional argument for a function that handles passwords, together with {@link #longZeros}. C ignores it. */
    public static byte[] shortZeros() {
        return SHORT;
    }

    /** Overwrites what is in them now. To be called first in a callback from C; JNA runs a few Java methods before that. */
    public static void overwrite() {
        LibC.getpid(LONG, SHORT);
    }
}
