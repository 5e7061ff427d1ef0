package org.x2go.authservice.pam;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one call of the conversation, an array of pointers to {@code struct pam_message} (pam_conv(3)).
 *
 * @param array where Linux-PAM has an array of pointers, other PAMs have a pointer to an array of messages
 * @param count how many there are
 */
record PamMessages(Pointer array, int count) {
    static final int PAM_PROMPT_ECHO_OFF = 1;
    static final int PAM_PROMPT_ECHO_ON = 2;
    static final int PAM_ERROR_MSG = 3;
    static final int PAM_TEXT_INFO = 4;

    /** The style: one of the constants above, or another number (Linux-PAM has radio and binary prompts). */
    int style(int index) {
        return message(index).getInt(0);
    }

    /** The text, a C string; null if there is none. For a binary prompt it is not text. */
    @Nullable
    Pointer text(int index) {
        return message(index).getPointer(Native.POINTER_SIZE);
    }

    private Pointer message(int index) {
        return array.getPointer((long) index * Native.POINTER_SIZE);
    }
}
