package org.x2go.authservice.pam;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.x2go.authservice.auth.LogText;

/** A text that a module wants shown to the user, made fit for the log. */
final class ModuleText {
    /** More is not read: LogText shows no more characters than this, and each has at most four bytes. */
    private static final int MAX_BYTES = 4 * LogText.MAX_LENGTH + 4;

    private ModuleText() {}

    /**
     * The text, escaped; or a remark in its place if it holds the password, as the output of a command run by pam_exec(8)
     * may. It is looked for before anything is copied onto the heap.
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

    /** Buffers themselves compare eight bytes at a time, which are left on the thread's stack. */
    private static boolean holdsAt(ByteBuffer text, int start, ByteBuffer part) {
        for (int i = 0; i < part.remaining(); i++) {
            if (text.get(start + i) != part.get(part.position() + i)) {
                return false;
            }
        }
        return true;
    }
}
