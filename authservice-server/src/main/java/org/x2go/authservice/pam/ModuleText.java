package org.x2go.authservice.pam;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.x2go.authservice.auth.LogText;

/** Formats a text of a module, meant for the user, for the log. */
final class ModuleText {
    /** The maximum that is read: LogText cuts after this many characters of at most four bytes. */
    private static final int MAX_BYTES = 4 * LogText.MAX_LENGTH + 4;

    private ModuleText() {}

    /**
     * Returns the escaped text, or a remark in its place if it contains the password, as the output of a command of
     * pam_exec(8) may. The search comes before any copy onto the heap.
     *
     * @param text a C string
     */
    static String forLog(Pointer text, ByteBuffer password) {
        ByteBuffer bytes = bytes(text);
        if (holds(bytes, password)) {
            return "(withheld, because it holds the password)";
        }
        byte[] shown = new byte[Math.min(bytes.remaining(), MAX_BYTES)];
        bytes.get(shown);
        return LogText.escape(new String(shown, StandardCharsets.UTF_8));
    }

    /** The text where it is, without the NUL at its end. */
    static ByteBuffer bytes(Pointer text) {
        return text.getByteBuffer(0, text.indexOf(0, (byte) 0));
    }

    private static boolean holds(ByteBuffer text, ByteBuffer part) {
        if (!part.hasRemaining()) {
            return false;
        }
        for (int start = 0; start + part.remaining() <= text.limit(); start++) {
            if (holdsAt(text, start, part)) {
                return true;
            }
        }
        return false;
    }

    /** ByteBuffer's own comparison reads eight bytes at a time and leaves them on the thread's stack. */
    private static boolean holdsAt(ByteBuffer text, int start, ByteBuffer part) {
        for (int i = 0; i < part.remaining(); i++) {
            if (text.get(start + i) != part.get(part.position() + i)) {
                return false;
            }
        }
        return true;
    }
}
