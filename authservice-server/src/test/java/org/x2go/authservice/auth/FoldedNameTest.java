package org.x2go.authservice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldedNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "ALICE",
                " alice",
                "alice ",
                "  Alice\t",
                "alice\u00a0",
                "\u3000alice",
                "alice\u200b",
                "al\u00adice",
                "\ufeffalice",
                "al ice",
                "alice\u2028"
            })
    void namesThatDifferInCaseOrBlanksFoldToOne(String name) {
        assertThat(FoldedName.of(name)).isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uff41lice",
                "\uff21\uff2c\uff29\uff23\uff25",
                "\u24d0lice",
                "\ud835\udc1alice",
                "al\u0131ce",
                "al\u0130ce",
                "alic\u00e9",
                "alice\u0301",
                "alice\ufe0f",
                "al\u034fice",
                "al\u1806ice",
                "\ufffcalice",
                "al\u2170ce"
            })
    void compatibleFormsOfLettersFoldToOne(String name) {
        assertThat(FoldedName.of(name)).isEqualTo("alice");
    }

    @Test
    void lettersOutsideAsciiAreFolded() {
        assertThat(FoldedName.of("JÜRGEN")).isEqualTo(FoldedName.of("jürgen"));
        assertThat(FoldedName.of("Ju\u0308rgen")).isEqualTo(FoldedName.of("jürgen"));
        assertThat(FoldedName.of("straße")).isEqualTo(FoldedName.of("STRASSE"));
        assertThat(FoldedName.of("ſam")).isEqualTo(FoldedName.of("Sam"));
        assertThat(FoldedName.of("😀 ")).isEqualTo("😀");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice2", "alic", "a1ice", "alice@example.org", "@alice", "a.lice", "al_ice"})
    void differentNamesStayDifferent(String name) {
        assertThat(FoldedName.of(name)).isNotEqualTo("alice");
    }

    @Test
    void foldedNameIsBounded() {
        assertThat(FoldedName.of("\ufdfa".repeat(1000))).hasSize(256);
        assertThat(FoldedName.of("alice" + "\u0301\u0327".repeat(200_000))).isEqualTo("alice");
        assertThat(FoldedName.of(" ".repeat(1000) + "alice")).isEqualTo("alice");
        assertThat(FoldedName.of("a".repeat(256) + "b")).isEqualTo("a".repeat(256));
    }

    @Test
    void nameOfBlanksEqualsTheEmptyName() {
        assertThat(FoldedName.of(" \t")).isEmpty();
    }
}
