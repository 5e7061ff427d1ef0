package org.x2go.authservice.pam;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.Credentials;

/**
 * Decides which prompts of a transaction the password answers. The request has no other answers, and the password as
 * an answer to another prompt does harm: pam_krb5(8) would set it as the new one, a token would count it as a wrong
 * code.
 *
 * <ul>
 *   <li>A visible prompt is not for a password.
 *   <li>Nor are two hidden prompts in one call: they are for a new password and its repetition, or for two factors.
 *   <li>The first hidden prompt is for the password, whatever its text: some modules accept a code appended to the
 * password, and the only module of a stack may want a code alone.
 *   <li>A later hidden prompt is for the password again, from a second module that did not get the first answer;
 * unless its text contains one of {@link #OTHER_WORDS}.
 * </ul>
 *
 * <p>Used for one transaction; a module may call from a thread of its own.
 */
final class PromptPolicy {
    /**
     * Words that show that a prompt asks for something other than the password: a new one, its repetition, a code, a PIN. They
     * are looked for as whole words, in upper or lower case. They are English, as the prompts of modules are where the locale is
     * C or C.UTF-8. This is a regular expression, in which a blank or a dot stands for any byte but a letter or digit of ASCII.
     */
    private static final String OTHER_WORDS = "new|again|re.?type|re.?enter|repeat|confirm|verify"
            + "|code|passcode|tokencode|verification|pin|token|one.?time|otp|totp|hotp|tan|2fa|mfa"
            + "|second factor|2nd factor|sms|challenge|response|yubikey|security key";

    private static final String IN_A_WORD = "[0-9A-Za-z_\\x80-\\xff]";

    /** A name, such as a Kerberos principal or a Windows domain's user: a word in it does not say what the prompt asks for. */
    private static final String NAME = "(?<!\\S)\\S*?[@\\\\]\\S*+";

    private volatile boolean hiddenPromptSeen;

    /**
     * Why these messages are not answered, for the log; null if they are answered.
     *
     * @param credentials whose password must not come into the log, and whose user's name is ignored in the text of a prompt
     */
    @Nullable
    String objection(PamMessages messages, Credentials credentials) {
        int hidden = 0;
        int first = 0;
        for (int i = messages.count() - 1; i >= 0; i--) {
            if (messages.style(i) == PamMessages.PAM_PROMPT_ECHO_OFF) {
                hidden++;
                first = i;
            }
        }
        boolean later = hiddenPromptSeen;
        hiddenPromptSeen |= hidden > 0;
        for (int i = 0; i < messages.count(); i++) {
            switch (messages.style(i)) {
                case PamMessages.PAM_PROMPT_ECHO_OFF, PamMessages.PAM_ERROR_MSG, PamMessages.PAM_TEXT_INFO -> {
                    // Judged below, or needs no answer.
                }
                case PamMessages.PAM_PROMPT_ECHO_ON -> {
                    return "a visible prompt, " + quoted(messages.text(i), credentials);
                }
                default -> {
                    // Its pointer need not lead to text.
                    return "a message of style " + messages.style(i);
                }
            }
        }
        if (hidden > 1) {
            return hidden + " hidden prompts at once, " + quoted(messages.text(first), credentials);
        }
        if (hidden == 1 && later && wantsSomethingElse(messages.text(first), credentials.user())) {
            return "another hidden prompt, " + quoted(messages.text(first), credentials);
        }
        return null;
    }

    private static String quoted(@Nullable Pointer text, Credentials credentials) {
        return text == null ? "without a text" : "'" + ModuleText.forLog(text, credentials.password()) + "'";
    }

    private static boolean wantsSomethingElse(@Nullable Pointer text, String user) {
        if (text == null) {
            return false;
        }
        Matcher matcher = pattern(user).matcher(new Bytes(ModuleText.bytes(text)));
        while (matcher.find()) {
            if (matcher.start("word") >= 0) {
                return true;
            }
        }
        return false;
    }

    private static Pattern pattern(String user) {
        String userInBytes = new String(user.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String userOfPrompt = "(?<=\\b(?:for|user) [\"'`(]?)" + Pattern.quote(userInBytes) + "(?!" + IN_A_WORD + ")";
        String word = "(?<!" + IN_A_WORD + ")(?<word>" + OTHER_WORDS.replaceAll("[ .]", "[^0-9A-Za-z]") + ")(?!"
                + IN_A_WORD + ")";
        return Pattern.compile(NAME + "|" + userOfPrompt + "|" + word, Pattern.CASE_INSENSITIVE);
    }

    /** A view of bytes as characters: a text may contain the password, which must not be copied to the heap. */
    private record Bytes(ByteBuffer buffer) implements CharSequence {
        @Override
        public int length() {
            return buffer.limit();
        }

        @Override
        public char charAt(int index) {
            return (char) (buffer.get(index) & 0xff);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bytes(buffer.slice(start, end - start));
        }

        @Override
        public String toString() {
            throw new UnsupportedOperationException("A module's text is not copied");
        }
    }
}
