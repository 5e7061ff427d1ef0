package org.x2go.authservice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "DOM/alice smith@example.org", "jürgen", "用户", "😀", "e\u0301"})
    void visibleTextIsUnchanged(String text) {
        assertThat(LogText.escape(text)).isEqualTo(text);
    }

    @Test
    void lineEndsAndTabsAreEscaped() {
        assertThat(LogText.escape("a\r\nok\tb\u2028c\u2029d\u0085e"))
                .isEqualTo("a\\r\\nok\\tb\\u2028c\\u2029d\\u0085e");
    }

    @Test
    void controlCharactersAreEscaped() {
        assertThat(LogText.escape("\u001b[2J\u0000\u0007\u007f\u009b"))
                .isEqualTo("\\u001b[2J\\u0000\\u0007\\u007f\\u009b");
    }

    @Test
    void directionalAndInvisibleCharactersAreEscaped() {
        assertThat(LogText.escape("a\u202eb\u2066c\u200bd\u00ade\ufefff"))
                .isEqualTo("a\\u202eb\\u2066c\\u200bd\\u00ade\\ufefff");
    }

    @Test
    void unusualSpacesAreEscaped() {
        assertThat(LogText.escape("a b\u00a0c\u3000d")).isEqualTo("a b\\u00a0c\\u3000d");
    }

    @Test
    void unassignedAndPrivateCharactersAreEscaped() {
        assertThat(LogText.escape("\ue000\uffff\udb40\udc01")).isEqualTo("\\ue000\\uffff\\U000e0001");
    }

    @Test
    void unpairedSurrogatesAreEscaped() {
        assertThat(LogText.escape("a\ud83db\ude00")).isEqualTo("a\\ud83db\\ude00");
    }

    @Test
    void backslashesAndQuotesAreEscaped() {
        assertThat(LogText.escape("a\\nb\"c'd")).isEqualTo("a\\\\nb\\\"c\\'d");
    }

    @Test
    void textOfMaximumLengthIsNotCut() {
        String text = "a".repeat(LogText.MAX_LENGTH);
        assertThat(LogText.escape(text)).isEqualTo(text);
    }

    @Test
    void longerTextIsCutAndMarked() {
        assertThat(LogText.escape("a".repeat(1_000_000))).isEqualTo("a".repeat(LogText.MAX_LENGTH) + "…");
    }

    @Test
    void markOfACutCannotBeForged() {
        assertThat(LogText.escape("a…")).isEqualTo("a\\u2026");
    }

    @Test
    void cutSplitsNoEscapeAndNoSurrogatePair() {
        assertThat(LogText.escape("a".repeat(LogText.MAX_LENGTH - 1) + "\nb"))
                .isEqualTo("a".repeat(LogText.MAX_LENGTH - 1) + "…");
        assertThat(LogText.escape("a".repeat(LogText.MAX_LENGTH - 1) + "😀"))
                .isEqualTo("a".repeat(LogText.MAX_LENGTH - 1) + "…");
    }
}
