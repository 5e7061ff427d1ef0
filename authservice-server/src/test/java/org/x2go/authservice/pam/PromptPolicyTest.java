package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.Credentials;

class PromptPolicyTest {
    private final PromptPolicy policy = new PromptPolicy();

    @ParameterizedTest
    @ValueSource(strings = {"Verification code: ", "Enter PASSCODE: ", "PIN: ", "Enter new password: ", "", "?"})
    void firstHiddenPromptIsAnsweredWhateverItsText(String text) {
        assertThat(hidden(text, "alice")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Enter new password:",
                "New Password: ",
                "Enter it again:",
                "Retype new Kerberos password:",
                "Re-type it: ",
                "Reenter Password:",
                "Repeat password:",
                "Please confirm",
                "Verification code: ",
                "Password & verification code: ",
                "Enter PASSCODE:",
                "Enter PIN for alice",
                "smartcard-PIN:",
                "Wait for the next tokencode:",
                "One-time password (OATH) for `alice': ",
                "ONE TIME PASSWORD",
                "OTP:",
                "Second Factor (optional): ",
                "2nd factor: ",
                "Enter the number of the SMS: ",
                "YubiKey for `alice': ",
                "Password for alice@EXAMPLE.ORG, and its PIN",
                "(new)"
            })
    void laterPromptForSomethingElseIsUnanswered(String text) {
        hidden("Password: ", "alice");
        assertThat(hidden(text, "alice")).isEqualTo("another hidden prompt, '" + text.replace("'", "\\'") + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Password: ",
                "password:",
                "LDAP Password: ",
                "(current) NT password: ",
                "Password for newman:",
                "Password for news: ",
                "Password for pin@REALM:",
                "pin@NEW.EXAMPLE.ORG's Password:",
                "Password for NEW\\alice: ",
                "Password for new_pin: ",
                "Encoded tokens, renewed pins",
                "Passwort für neue: ",
                ""
            })
    void laterPromptForThePasswordIsAnswered(String text) {
        hidden("Password: ", "alice");
        assertThat(hidden(text, "alice")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pin", "new", "PIN", "new-code", "token.two", "[a-z]*", "\\Q", "jürgen-pin"})
    void userNameInAPromptIsNoKeyword(String user) {
        hidden("Password: ", user);
        assertThat(hidden("Password for " + user + ":", user)).isNull();
        assertThat(hidden("[x] password for user '" + user + "': ", user)).isNull();
        assertThat(hidden(user + "@REALM's Password:", user)).isNull();
        assertThat(hidden("Enter new password for " + user + ":", user)).isNotNull();
        assertThat(hidden("Enter new PIN:", user)).isNotNull();
    }

    @Test
    void decisionIsIndependentOfThePassword() {
        hidden("Password: ", "alice");
        assertThat(objection("Enter new password:", credentials("alice", "new"), 1))
                .contains("withheld");
        assertThat(objection("Password: ", credentials("alice", "word"), 1)).isNull();
    }

    @Test
    void hiddenPromptBesideAVisibleOneCountsAsTheFirst() {
        assertThat(objection("User and password: ", credentials("alice", "x"), 2, 1))
                .startsWith("a visible prompt");
        assertThat(hidden("Code: ", "alice")).isNotNull();
    }

    @Test
    void promptWithoutTextIsForThePassword() {
        hidden(null, "alice");
        assertThat(hidden(null, "alice")).isNull();
    }

    @Test
    @Timeout(60)
    void longPromptIsSearchedInLinearTime() {
        hidden("Password: ", "alice");
        assertThat(hidden("x".repeat(2_000_000), "alice")).isNull();
        assertThat(hidden("x ".repeat(1_000_000) + "a@" + "y".repeat(1_000_000), "alice"))
                .isNull();
        assertThat(hidden("for ".repeat(500_000) + "code", "alice")).isNotNull();
    }

    private @Nullable String hidden(@Nullable String text, String user) {
        return objection(text, credentials(user, "geheim"), 1);
    }

    private static Credentials credentials(String user, String password) {
        return Credentials.copyOf(user, ByteBuffer.wrap(password.getBytes(StandardCharsets.UTF_8)), "test");
    }

    /** The objection to a message of each style, all with the same text. */
    private @Nullable String objection(@Nullable String text, Credentials credentials, int... styles) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        int word = Native.POINTER_SIZE;
        try (Memory memory = new Memory(3L * word * styles.length + bytes.length + 1)) {
            memory.clear();
            Pointer string = memory.share(3L * word * styles.length);
            string.write(0, bytes, 0, bytes.length);
            for (int i = 0; i < styles.length; i++) {
                Pointer message = memory.share((long) word * (styles.length + 2 * i));
                memory.setPointer((long) word * i, message);
                message.setInt(0, styles[i]);
                message.setPointer(word, text == null ? null : string);
            }
            return policy.objection(new PamMessages(memory, styles.length), credentials);
        }
    }
}
