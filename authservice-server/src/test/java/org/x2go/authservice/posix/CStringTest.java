package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CStringTest {
    @Test
    void textIsUtf8EndedByNul() {
        assertThat(CString.of("jürgen😀")).isEqualTo("jürgen😀\0".getBytes(StandardCharsets.UTF_8));
        assertThat(CString.of("")).containsExactly(0);
    }

    @Test
    void textWithNulIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("root\0x"));
    }

    @Test
    void unpairedSurrogateIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("a\ud83d"));
        assertThatIllegalArgumentException().isThrownBy(() -> CString.of("\ude00a"));
    }
}
