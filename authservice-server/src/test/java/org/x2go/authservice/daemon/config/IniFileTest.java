package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found here is what Python's RawConfigParser finds, with case-sensitive keys. */
class IniFileTest {
    @TempDir
    Path directory;

    private IniFile read(String text) throws IOException {
        return IniFile.read(Files.writeString(directory.resolve("defaults.conf"), text));
    }

    /** In the text, {@code |} stands for the end of a line and {@code ~} for the value's. */
    @ParameterizedTest
    @CsvSource({
        "X=1, 1",
        "X: 1, 1",
        "X   =   1, 1",
        "X=a:b=c, a:b=c",
        "X:a=b, a=b",
        "X=1 # not a comment, 1 # not a comment",
        "X=1 ; neither, 1 ; neither",
        "X=\"1\", \"1\"",
        "X=100%, 100%",
        "X=%(home)s/x, %(home)s/x",
        "X=, ''",
        "'  X=1|  Y=2', 1",
        "#X=2|;X=3|X=1, 1",
        "X=1|  more, 1~more",
        "X=1|\tmore, 1~more",
        "X=1|  # comment|  more, 1~more",
        "X=1||  more, 1~~more",
        "X=1||Y=2, 1",
        "X=1| [other], 1~[other]"
    })
    void valuesAreReadAsTheBrokerReadsThem(String lines, String value) throws IOException {
        IniFile file = read("[common]\n" + lines.replace('|', '\n') + "\n");

        assertThat(file.get("X", "common")).contains(value.replace('~', '\n'));
    }

    @Test
    void sectionsAreSearchedInOrder() throws IOException {
        IniFile file = read("[common]\nX=c\nY=c\n[authservice]\nX=a\n");

        assertThat(file.get("X", "authservice", "common")).contains("a");
        assertThat(file.get("Y", "authservice", "common")).contains("c");
        assertThat(file.get("Z", "authservice", "common")).isEmpty();
    }

    @Test
    void defaultSectionAppliesToExistingSections() throws IOException {
        IniFile file = read("[DEFAULT]\nX=d\n[common]\nX=c\n[authservice]\n");

        assertThat(file.get("X", "authservice", "common")).contains("d");
        assertThat(file.get("X", "missing")).isEmpty();
    }

    @Test
    void keysAndSectionsAreCaseSensitive() throws IOException {
        IniFile file = read("[Common]\nX=1\n[common]\nx=2\n");

        assertThat(file.get("X", "common")).isEqualTo(Optional.empty());
    }

    @Test
    void textAfterASectionHeaderIsIgnored() throws IOException {
        assertThat(read("  [common] # here\r\nX=1\r\n").get("X", "common")).contains("1");
    }

    @ParameterizedTest
    @CsvSource({
        "'X=1', 1, before the first [section]",
        "'# comment|[common|X=1', 2, before the first [section]",
        "'[]|X=1', 1, before the first [section]",
        "'[common]|X', 2, KEY=VALUE",
        "'[common]|=1', 2, KEY=VALUE",
        "'[common]|X=1|Y=2|X=3', 4, duplicate key X",
        "'[common]|[other]|[common]', 3, duplicate section [common]"
    })
    void brokenLineIsNamed(String lines, int number, String what) {
        assertThatThrownBy(() -> read(lines.replace('|', '\n')))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(directory.resolve("defaults.conf") + ", line " + number + ": ")
                .hasMessageContaining(what);
    }

    @Test
    void fileThatIsNotTextIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("latin1"), "[common]\nX=ä\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> IniFile.read(file)).hasMessage(file + " is not UTF-8 text");
    }
}
