package org.x2go.authservice.pam;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.x2go.authservice.protocol.SecretBytes;

/**
 * An array of {@code struct pam_response} on libc's heap: the module that asked frees it and the strings in it with
 * free(3) (pam_conv(3)), so neither may be memory that JNA manages.
 *
 * <p>Until {@link #handOverTo} this object owns the array, and closing it overwrites the strings and frees everything.
 */
final class PamResponses implements AutoCloseable {
    private static final int RESPONSE_BYTES = 2 * Long.BYTES;

    private final Pointer array;
    private final long[] sizes;
    private boolean handedOver;

    /** Creates empty responses. */
    PamResponses(int count) {
        long bytes = (long) count * RESPONSE_BYTES;
        this.sizes = new long[count];
        this.array = allocate(bytes);
        array.clear(bytes);
    }

    /**
     * Answers one message.
     *
     * @param text the answer without a NUL, from position to limit, copied once, straight into libc's memory
     */
    void put(int index, ByteBuffer text) {
        int length = text.remaining();
        Pointer string = allocate(length + 1L);
        sizes[index] = length + 1L;
        array.setPointer((long) index * RESPONSE_BYTES, string);
        string.setByte(length, (byte) 0);
        if (length > 0) {
            SecretBytes.copy(text, string.getByteBuffer(0, length));
        }
    }

    /** Passes the array to the module, at the given address. */
    void handOverTo(Pointer address) {
        address.setPointer(0, array);
        handedOver = true;
    }

    private static Pointer allocate(long bytes) {
        long address = Native.malloc(bytes);
        if (address == 0) {
            throw new OutOfMemoryError("No native memory for a PAM response");
        }
        return new Pointer(address);
    }

    /** Overwrites the strings, and frees them and the array, unless they have been handed over. */
    @Override
    public void close() {
        if (handedOver) {
            return;
        }
        for (int i = 0; i < sizes.length; i++) {
            Pointer string = array.getPointer((long) i * RESPONSE_BYTES);
            if (string != null) {
                string.clear(sizes[i]);
                Native.free(Pointer.nativeValue(string));
            }
        }
        Native.free(Pointer.nativeValue(array));
    }
}
