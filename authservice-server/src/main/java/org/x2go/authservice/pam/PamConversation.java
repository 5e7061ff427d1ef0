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
import org.x2go.authservice.protocol.Credentials;

/**
 * What a transaction's modules ask and tell (pam_conv(3)), and the delay they want for a failure (pam_fail_delay(3)). What
 * is answered is for {@link PromptPolicy} to say.
 *
 * <p>It holds two native functions, which are costly to make, so it is used for one transaction after the other, each
 * between {@link #begin} and {@link #end}; at any other time it answers nothing. It must be reachable until after the
 * transaction's pam_end. It is called on the thread that runs the transaction; a module that calls it from a thread of its
 * own while that one waits is served as well.
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

    /** Where this transaction's troubles are told. */
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

    /** Answers with these credentials from now on; they stay the caller's. */
    void begin(Credentials credentials) {
        failure = null;
        unanswered = null;
        prompts = new PromptPolicy();
        delayMicros.set(0);
        this.credentials = credentials;
    }

    /** Forgets the credentials. What came of the conversation can still be asked for. */
    void end() {
        credentials = null;
    }

    /** For how long the modules want the reply to be held back unless it is a yes. */
    Duration failDelay() {
        return Duration.of(delayMicros.get(), ChronoUnit.MICROS);
    }

    /**
     * What a module asked first that was not answered, fit for the log; null if all was. A stack may still come to a yes
     * without it; but if not, nobody knows what the password was worth.
     */
    @Nullable
    String unanswered() {
        return unanswered;
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
            // Some modules (pam_matrix) want none for a text.
            return prompts(messages) ? refuse("a prompt without a place for the answer") : PamStatus.SUCCESS;
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
        diagnostics.debug("A PAM module asked what is not answered: " + what);
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
     * Called by pam_authenticate before it returns, whatever it returns, in place of a sleep. Modules ask for a delay before
     * they know the outcome: so that of a right password is there too, for what may still be refused after it.
     */
    @SuppressWarnings("CatchingUnchecked")
    private void delay(int status, int microseconds, @Nullable Pointer appdata) {
        try {
            delayMicros.addAndGet(Integer.toUnsignedLong(microseconds));
        } catch (Throwable e) {
            failure = e;
        }
    }
}
