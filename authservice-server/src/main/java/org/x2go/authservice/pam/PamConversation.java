package org.x2go.authservice.pam;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.posix.VectorRegisters;
import org.x2go.authservice.protocol.Credentials;

/**
 * The conversation function of a transaction (pam_conv(3)), and its fail delay (pam_fail_delay(3)). {@link
 * PromptPolicy} decides which prompts are answered.
 *
 * <p>Its two native functions are costly to create, so it is reused for one transaction after another, each between
 * {@link #begin} and {@link #end}; at other times it answers nothing. It must be reachable until after the
 * transaction's pam_end. Modules call it on the thread of the transaction, or on another thread while that one waits.
 */
final class PamConversation {
    /** As PAM_MAX_NUM_MSG of security/_pam_types.h. */
    private static final int MAX_MESSAGES = 32;

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

    private final AtomicLong delayMicros = new AtomicLong();
    private volatile @Nullable Credentials credentials;
    private volatile PromptPolicy prompts = new PromptPolicy();
    private volatile @Nullable String unanswered;
    private volatile @Nullable Throwable failure;

    PamConversation(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
        pamConv.setPointer(0, CallbackReference.getFunctionPointer(converse));
        pamConv.setPointer(Native.POINTER_SIZE, null);
    }

    /** The log for this transaction. */
    Diagnostics diagnostics() {
        return diagnostics;
    }

    /** The struct pam_conv for pam_start, which copies it. */
    Pointer pamConv() {
        return pamConv;
    }

    /** The value for the item PAM_FAIL_DELAY. */
    Delay delay() {
        return delay;
    }

    /** Answers with these credentials from now on. The caller closes them. */
    void begin(Credentials credentials) {
        failure = null;
        unanswered = null;
        prompts = new PromptPolicy();
        delayMicros.set(0);
        this.credentials = credentials;
    }

    /** Forgets the credentials. The results of the conversation stay available. */
    void end() {
        credentials = null;
    }

    /** The fail delay that the modules asked for. */
    Duration failDelay() {
        return Duration.of(delayMicros.get(), ChronoUnit.MICROS);
    }

    /**
     * The first unanswered prompt, escaped for the log; null if all were answered. The stack may still succeed; if it
     * fails, the result does not tell whether the password was right.
     */
    @Nullable
    String unanswered() {
        return unanswered;
    }

    /**
     * The exception thrown while a module was answered, after which no result of the transaction can be trusted; or
     * null.
     */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** JNA returns 0 for a callback that throws, and 0 is PAM_SUCCESS: nothing may be thrown here. */
    @SuppressWarnings("CatchingUnchecked")
    private int converse(
            int count, @Nullable Pointer messages, @Nullable Pointer responses, @Nullable Pointer appdata) {
        try {
            VectorRegisters.overwrite();
            return answer(count, messages, responses).number();
        } catch (Throwable e) {
            failure = e;
            return PamStatus.CONV_ERR.number();
        }
    }

    private PamStatus answer(int count, @Nullable Pointer array, @Nullable Pointer responses) {
        Credentials asked = credentials;
        if (asked == null) {
            return PamStatus.CONV_ERR;
        }
        if (array == null || count <= 0 || count > MAX_MESSAGES) {
            return refuse("a call with " + count + " messages");
        }
        PamMessages messages = new PamMessages(array, count);
        tell(messages, asked);
        String objection = prompts.objection(messages, asked);
        if (objection != null) {
            return refuse(objection);
        }
        if (responses == null) {
            // Some modules (pam_matrix) pass no response pointer with a text.
            return prompts(messages) ? refuse("a prompt without a response pointer") : PamStatus.SUCCESS;
        }
        try (PamResponses answers = new PamResponses(count)) {
            for (int i = 0; i < count; i++) {
                if (messages.style(i) == PamMessages.PAM_PROMPT_ECHO_OFF) {
                    answers.put(i, asked.password());
                }
            }
            answers.handOverTo(responses);
        }
        return PamStatus.SUCCESS;
    }

    private PamStatus refuse(String what) {
        diagnostics.debug("A PAM module's prompt was not answered: " + what);
        if (unanswered == null) {
            unanswered = what;
        }
        return PamStatus.CONV_ERR;
    }

    private static boolean prompts(PamMessages messages) {
        for (int i = 0; i < messages.count(); i++) {
            if (messages.style(i) == PamMessages.PAM_PROMPT_ECHO_OFF) {
                return true;
            }
        }
        return false;
    }

    private void tell(PamMessages messages, Credentials asked) {
        for (int i = 0; i < messages.count() && diagnostics.debugging(); i++) {
            int style = messages.style(i);
            Pointer text = messages.text(i);
            if (text != null && (style == PamMessages.PAM_ERROR_MSG || style == PamMessages.PAM_TEXT_INFO)) {
                diagnostics.debug("PAM service " + asked.service() + " says: \""
                        + ModuleText.forLog(text, asked.password()) + "\"");
            }
        }
    }

    /**
     * Called by pam_authenticate before it returns, with any result, instead of a sleep. Modules ask for a delay
     * before they know the result; after a right password it is kept for a refusal by the account rules.
     */
    @SuppressWarnings("CatchingUnchecked")
    private void delay(int status, int microseconds, @Nullable Pointer appdata) {
        try {
            VectorRegisters.overwrite();
            delayMicros.addAndGet(Integer.toUnsignedLong(microseconds));
        } catch (Throwable e) {
            failure = e;
        }
    }
}
