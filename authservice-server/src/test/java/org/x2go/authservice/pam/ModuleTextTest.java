package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.LogText;

class ModuleTextTest {
    @Test
    void textIsEscaped() {
        assertThat(forLog("Zugang gesperrt für\n\"x\"", "secret")).isEqualTo("Zugang gesperrt für\\n\\\"x\\\"");
    }

    @Test
    void emptyTextStaysEmpty() {
        assertThat(forLog("", "secret")).isEmpty();
        assertThat(forLog("", "")).isEmpty();
    }

    @Test
    void emptyPasswordWithholdsNoText() {
        assertThat(forLog("hello", "")).isEqualTo("hello");
    }

    @Test
    void textThatHoldsThePasswordIsWithheld() {
        assertThat(forLog("secret, that is", "secret")).doesNotContain("secret").startsWith("(withheld");
        assertThat(forLog("you said secret", "secret")).doesNotContain("secret");
        assertThat(forLog("x".repeat(100_000) + "secret", "secret")).startsWith("(withheld");
    }

    @Test
    void longTextIsCut() {
        assertThat(forLog("ä".repeat(100_000), "secret")).isEqualTo("ä".repeat(LogText.MAX_LENGTH) + "…");
        assertThat(forLog("😀".repeat(100_000), "secret")).isEqualTo("😀".repeat(LogText.MAX_LENGTH / 2) + "…");
    }

    private static String forLog(String text, String password) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Memory memory = new Memory(bytes.length + 1L)) {
            memory.write(0, bytes, 0, bytes.length);
            memory.setByte(bytes.length, (byte) 0);
            return ModuleText.forLog(memory, ByteBuffer.wrap(password.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
