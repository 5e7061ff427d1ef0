package org.x2go.authservice.pam;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.protocol.Credentials;

/**
 * What a transaction's modules ask and tell (pam_conv(3)), and the delay they want for a failure (pam_fail_delay(3)).
 *
 * <p>It holds two native functions, which are costly to make, so it is used for one transaction after the other, each
 * between {@link #begin} and {@link #end}; at any other time it answers nothing. It must be reachable until after the
 * transaction's pam_end. It is called on the thread that runs the transaction; a module that calls it from a thread of its
 * own while that one waits is served as well.
 */
final class PamConversation {
    /** As PAM_MAX_NUM_MSG of security/_pam_types.h. */
    private static final int MAX_MESSAGES = 32;

    private static final int PAM_PROMPT_ECHO_OFF = 1;
    private static final int PAM_PROMPT_ECHO_ON = 2;
    private static final int PAM_ERROR_MSG = 3;
    private static final int PAM_TEXT_INFO = 4;

    /** The function in struct pam_conv. */
    interface Converse extends Callback {
        int callback(int count, @Nullable Pointer messages, @Nullable Pointer responses, @Nullable Pointer appdata);
    }

    /** The function that the item PAM_FAIL_DELAY holds. */
    interface Delay extends Callback {
        void callback(int status, int microseconds, @Nullable Pointer appdata);
    }

    private final Diagnostics diagnostics;
    private final Converse converse = this::converse;
    private final Delay delay = this::delay;
    private final Memory pamConv = new Memory(2L * Native.POINTER_SIZE);
    private final Pointer delayFunction = CallbackReference.getFunctionPointer(delay);

    private final AtomicLong delayMicros = new AtomicLong();
    private volatile @Nullable Credentials credentials;
    private volatile @Nullable Throwable failure;

    PamConversation(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
        pamConv.setPointer(0, CallbackReference.getFunctionPointer(converse));
        pamConv.setPointer(Native.POINTER_SIZE, null);
    }

    /** Where this transaction's troubles are told. */
    Diagnostics diagnostics() {
        return diagnostics;
    }

    /** The struct pam_conv for pam_start, which copies it. */
    Pointer pamConv() {
        return pamConv;
    }

    /** The value for the item PAM_FAIL_DELAY. */
    Pointer delayFunction() {
        return delayFunction;
    }

    /** Answers with these credentials from now on; they stay the caller's. */
    void begin(Credentials credentials) {
        failure = null;
        delayMicros.set(0);
        this.credentials = credentials;
    }

    /** Forgets the credentials. What came of the conversation can still be asked for. */
    void end() {
        credentials = null;
    }

    /** For how long the modules want the reply to a failure to be held back. */
    Duration failDelay() {
        return Duration.of(delayMicros.get(), ChronoUnit.MICROS);
    }

    /** What was thrown while a module was answered; then no outcome of the transaction can be trusted. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** JNA returns 0 for a callback that throws, and 0 is PAM_SUCCESS: nothing may be thrown here. */
    @SuppressWarnings("CatchingUnchecked")
    private int converse(
            int count, @Nullable Pointer messages, @Nullable Pointer responses, @Nullable Pointer appdata) {
        try {
            return answer(count, messages, responses).number();
        } catch (Throwable e) {
            failure = e;
            return PamStatus.CONV_ERR.number();
        }
    }

    private PamStatus answer(int count, @Nullable Pointer messages, @Nullable Pointer responses) {
        Credentials asked = credentials;
        if (asked == null || messages == null || count <= 0 || count > MAX_MESSAGES) {
            return PamStatus.CONV_ERR;
        }
        boolean prompted = false;
        for (int i = 0; i < count; i++) {
            switch (style(messages, i)) {
                case PAM_PROMPT_ECHO_OFF, PAM_PROMPT_ECHO_ON -> prompted = true;
                case PAM_ERROR_MSG, PAM_TEXT_INFO -> tell(messages, i, asked);
                default -> {
                    return PamStatus.CONV_ERR;
                }
            }
        }
        if (responses == null) {
            // Some modules (pam_matrix) want none for a text.
            return prompted ? PamStatus.CONV_ERR : PamStatus.SUCCESS;
        }
        try (PamResponses answers = new PamResponses(count)) {
            for (int i = 0; i < count; i++) {
                switch (style(messages, i)) {
                    case PAM_PROMPT_ECHO_OFF -> answers.put(i, asked.password());
                    case PAM_PROMPT_ECHO_ON -> answers.put(i, withoutNul(CString.of(asked.user())));
                    default -> {
                        // Texts get no answer.
                    }
                }
            }
            answers.handOverTo(responses);
        }
        return PamStatus.SUCCESS;
    }

    private static ByteBuffer withoutNul(byte[] cString) {
        return ByteBuffer.wrap(cString, 0, cString.length - 1);
    }

    /** Linux-PAM passes an array of pointers to messages, where other PAMs pass a pointer to an array of them. */
    private static Pointer message(Pointer messages, int index) {
        return messages.getPointer((long) index * Native.POINTER_SIZE);
    }

    private static int style(Pointer messages, int index) {
        return message(messages, index).getInt(0);
    }

    private void tell(Pointer messages, int index, Credentials asked) {
        if (diagnostics.debugging()) {
            Pointer text = message(messages, index).getPointer(Native.POINTER_SIZE);
            if (text != null) {
                diagnostics.debug("PAM service " + asked.service() + " says: \""
                        + ModuleText.forLog(text, asked.password()) + "\"");
            }
        }
    }

    /**
     * Called by pam_authenticate before it returns, whatever it returns, in place of a sleep. Modules ask for a delay
     * before they know the outcome, so that of a success does not count.
     */
    @SuppressWarnings("CatchingUnchecked")
    private void delay(int status, int microseconds, @Nullable Pointer appdata) {
        try {
            if (status != PamStatus.SUCCESS.number()) {
                delayMicros.addAndGet(Integer.toUnsignedLong(microseconds));
            }
        } catch (Throwable e) {
            failure = e;
        }
    }
}
