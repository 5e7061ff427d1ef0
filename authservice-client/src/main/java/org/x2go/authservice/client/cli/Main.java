package org.x2go.authservice.client.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Starts the command. */
public final class Main {
    private Main() {}

    /** Runs the command that the arguments name, and exits with its code. */
    public static void main(String[] args) {
        // JDK 22 to 24 otherwise claim to have a console even if there is no terminal.
        System.setProperty("jdk.console", "java.base");
        System.exit(commandLine(Main::askOnConsole, standardInput()).execute(args));
    }

    /** All commands; what asks for passwords and where else they come from is given, so that tests can play the user. */
    static CommandLine commandLine(PasswordPrompt prompt, ReadableByteChannel input) {
        return new CommandLine(new ClientCommand())
                .addSubcommand(new LoginCommand(prompt, input))
                .addSubcommand(new BenchCommand(prompt, input))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @SuppressWarnings("SystemConsoleNull") // it is null, see main
    private static char @Nullable [] askOnConsole(String question) {
        Console console = System.console();
        if (console == null) {
            throw new NoConsoleException();
        }
        return console.readPassword("%s", question);
    }

    /** Standard input without a buffer on the heap, in which a password would stay behind. */
    private static ReadableByteChannel standardInput() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }
}
