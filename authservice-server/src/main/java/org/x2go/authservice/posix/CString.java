package org.x2go.authservice.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Memory;

/** Strings as the C library takes them. */
final class CString {
    private CString() {}

    /** UTF-8 and a NUL, in memory that the caller closes. */
    static Memory of(String value) {
        byte[] bytes = value.getBytes(UTF_8);
        Memory memory = new Memory(bytes.length + 1L);
        memory.write(0, bytes, 0, bytes.length);
        memory.setByte(bytes.length, (byte) 0);
        return memory;
    }
}
