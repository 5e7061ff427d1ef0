package org.x2go.authservice.protocol;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** Copies secrets without leaving other copies behind. */
public final class SecretBytes {
    private SecretBytes() {}

    /**
     * Copies what remains in one buffer to the position of another, byte by byte, and leaves both positions behind what was
     * copied.
     *
     * <p>{@link ByteBuffer#put(ByteBuffer)} would do the same by way of the processor's vector registers, which go on holding
     * 16 to 64 bytes of the secret until something else uses them. Meanwhile the JVM and the kernel write all registers to
     * the thread's stack, for a safepoint, a signal or a call from the interpreter, and a deoptimization writes them to the
     * C heap; nobody ever wipes those. A register that holds a single byte reveals nothing. The fence, which costs nothing on x86, keeps
     * the compiler from making vectors of this loop, too.
     *
     * @param from the secret, which the caller wipes
     * @param to a buffer with enough room
     */
    public static void copy(ByteBuffer from, ByteBuffer to) {
        while (from.hasRemaining()) {
            to.put(from.get());
            VarHandle.storeStoreFence();
        }
    }
}
