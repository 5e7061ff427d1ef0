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
    void namesThatDifferInCaseOrBlanksAreOne(String name) {
        assertThat(FoldedName.of(name)).isEqualTo("alice");
    }

    @Test
    void lettersOutsideAsciiAreFoldedToo() {
        assertThat(FoldedName.of("JÜRGEN")).isEqualTo(FoldedName.of("jürgen"));
        assertThat(FoldedName.of("straße")).isEqualTo(FoldedName.of("STRASSE"));
        assertThat(FoldedName.of("ſam")).isEqualTo(FoldedName.of("Sam"));
        assertThat(FoldedName.of("😀 ")).isEqualTo("😀");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice2", "alic", "alicé", "alice@example.org", "@alice", "a.lice", "al_ice"})
    void otherNamesStayApart(String name) {
        assertThat(FoldedName.of(name)).isNotEqualTo("alice");
    }

    @Test
    void nameOfBlanksOnlyIsCountedAsAnEmptyOne() {
        assertThat(FoldedName.of(" \t")).isEmpty();
    }
}
