package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CStringTest {
    @Test
    void isUtf8EndedByANul() {
        assertThat(CString.of("jürgen😀")).isEqualTo("jürgen😀\0".getBytes(StandardCharsets.UTF_8));
        assertThat(CString.of("")).containsExactly(0);
    }

    @Test
    void refusesWhatCWouldReadAsAShorterText() {
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("root\0x"));
    }

    @Test
    void refusesWhatUtf8CannotSay() {
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("a\ud83d"));
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("\ude00a"));
    }
}
