package org.x2go.authservice.client.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.PrintWriter;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.text.LocaleText;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Starts the command. Only a verdict, a finished measurement, or help that was asked for by itself ends it with 0. */
public final class Main {
    /** The only command lines, beside that of {@code help}, that ask for nothing but a text. */
    private static final Set<List<String>> INFORMATION =
            Set.of(List.of("-h"), List.of("--help"), List.of("-V"), List.of("--version"));

    private Main() {}

    /** Runs the command that the arguments name, and exits with its code. */
    public static void main(String[] args) {
        // JDK 22 to 24 otherwise claim to have a console even if there is no terminal.
        System.setProperty("jdk.console", "java.base");
        int code = ExitCode.NO_VERDICT;
        try {
            LocaleText.requireDecoded(List.of(args), System.getenv());
            code = commandLine(Main::askOnConsole, standardInput()).execute(args);
        } catch (IllegalArgumentException e) {
            System.err.println("authservice: " + e.getMessage());
            code = ExitCode.USAGE;
        } catch (Throwable e) { // a JVM that dies of it exits with 1, which means that the service refused
            System.err.println("authservice: " + e);
        }
        System.exit(code);
    }

    /** All commands; what asks for passwords and where else they come from is given, so that tests can play the user. */
    static CommandLine commandLine(PasswordPrompt prompt, ReadableByteChannel input) {
        PasswordInput passwords = new PasswordInput(prompt, input);
        return new CommandLine(new ClientCommand())
                .addSubcommand(new LoginCommand(passwords))
                .addSubcommand(new BenchCommand(passwords))
                .addSubcommand(new CommandLine.HelpCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a user's name may begin with @
                .setExecutionStrategy(Main::run)
                .setParameterExceptionHandler(Main::explain);
    }

    /** A script takes 0 for "accepted", so that help must not come in between, by a user's name that is "-h" for instance. */
    private static int run(ParseResult parsed) {
        boolean informs = parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
        if (informs && !INFORMATION.contains(parsed.originalArgs())) {
            throw new ParameterException(parsed.commandSpec().commandLine(), "Help and version are asked for alone");
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Says in two lines what is wrong. */
    private static int explain(ParameterException e, String... args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": "
                + String.valueOf(e.getMessage()).replaceAll("\\R", " "));
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            CommandLine parent = command.getParent();
            String help = parent == null ? "--help" : "help " + command.getCommandName();
            err.println("Try \"authservice " + help + "\".");
        }
        return ExitCode.USAGE;
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
