package org.x2go.authservice.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class ManPageTest {
    @Test
    void hasEveryCommandAndEveryOption() throws IOException {
        String page = Files.readString(Path.of("../dist/man/authservice.1"));
        CommandLine all =
                Main.commandLine(question -> null, Channels.newChannel(new ByteArrayInputStream(new byte[0])));

        assertThat(all.getSubcommands()).isNotEmpty();
        all.getSubcommands().forEach((name, command) -> {
            assertThat(page).contains("\n.Cm " + name + "\n");
            for (OptionSpec option : command.getCommandSpec().options()) {
                for (String each : option.names()) {
                    assertThat(page).containsPattern("(Fl|,) " + each.substring(1) + "[ ,\n]");
                }
            }
        });
    }
}
