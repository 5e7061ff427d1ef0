package org.x2go.authservice.daemon.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogConfigurationCheckTest {
    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("logger.conf"), text.replace("DIRECTORY", directory.toString()));
    }

    @Test
    void exampleIsValidAndNothingIsCreated() throws IOException {
        String example = Files.readString(Path.of("../dist/conf/log4j2.xml"));
        Path file = file(example.replace(">/var/log/authservice<", ">DIRECTORY<"));

        LogConfigurationCheck.check(file);

        assertThat(directory.toFile().list()).containsExactly("logger.conf");
    }

    @Test
    void missingDirectoryOfAPropertyIsFound() throws IOException {
        String example = Files.readString(Path.of("../dist/conf/log4j2.xml"));
        Path file = file(example.replace(">/var/log/authservice<", ">DIRECTORY/none<"));

        assertThatThrownBy(() -> LogConfigurationCheck.check(file))
                .hasMessage("the log configuration " + file + " cannot be used: the directory of the log " + directory
                        + "/none/authservice.log does not exist");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "<Configuration>, line 1: ",
                "<Configuration/>, no logger has an appender",
                "<Configuration><Appenders><NoSuch name='a'/></Appenders></Configuration>, NoSuch",
                "<Configuration><Loggers><Root><AppenderRef ref='b'/></Root></Loggers></Configuration>, undefined appender \"b\"",
                "appender.a.type = NoSuch, NoSuch",
                "rootLogger.appenderRef.a.ref = b, undefined appender \"b\"",
                "nonsense, no logger has an appender",
                "{}, JSON"
            })
    void errorIsReportedInOneLine(String text, String fault) throws IOException {
        Path file = file(text.replace("type = NoSuch", "type = NoSuch\nappender.a.name = a"));

        assertThatThrownBy(() -> LogConfigurationCheck.check(file))
                .isInstanceOf(IOException.class)
                .message()
                .startsWith("the log configuration " + file + " cannot be used: ")
                .contains(fault)
                .hasLineCount(1);
    }
}
