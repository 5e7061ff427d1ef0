package org.x2go.authservice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    @Test
    void wordsAreTheProtocols() {
        assertThat(Arrays.stream(Verdict.values()).map(Verdict::word)).containsExactly("ok", "fail", "bad", "error");
    }

    @ParameterizedTest
    @EnumSource
    void wordMapsToItsVerdict(Verdict verdict) {
        assertThat(Verdict.ofWord(verdict.word())).contains(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OK", "o", "okay", "ok ", " ok", "ok\n", "ok\r", "OK\n", "failed", "\0ok"})
    void otherWordsAreNoVerdict(String word) {
        assertThat(Verdict.ofWord(word)).isEmpty();
    }
}
