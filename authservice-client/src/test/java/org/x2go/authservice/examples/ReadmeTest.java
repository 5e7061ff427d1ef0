package org.x2go.authservice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows as the content of a file is that file, from its first declaration on. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern SHOWN =
            Pattern.compile("<!-- shows (\\S+) -->\n+```[a-z]*\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    /** The package, imports and what is empty around them. */
    private static final Pattern PREAMBLE = Pattern.compile("\\A(package [^\n]*\n|import [^\n]*\n|\n)+");

    static Stream<Block> blocks() throws IOException {
        return SHOWN.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(found -> new Block(found.group(1), found.group(2)));
    }

    record Block(String file, String text) {
        @Override
        public String toString() {
            return file;
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void readmeShowsTheTestedFile(Block block) throws IOException {
        String file = Files.readString(ROOT.resolve(block.file()));

        assertThat(block.text()).isEqualTo(PREAMBLE.matcher(file).replaceFirst(""));
    }
}
