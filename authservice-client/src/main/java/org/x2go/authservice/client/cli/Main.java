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

/** The command's entry point. Only an accepted password, a finished measurement, or "--help" or "--version" alone exits with 0. */
public final class Main {
    private static final Set<String> INFORMATION = Set.of("-h", "--help", "-V", "--version");

    private Main() {}

    /** Runs the subcommand that the arguments name, and exits with its code. */
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
        } catch (Throwable e) { // the JVM would exit with 1, which means that the service refused
            System.err.println("authservice: " + e);
        }
        System.exit(code);
    }

    /** The command with its subcommands; tests replace terminal and standard input. */
    static CommandLine commandLine(PasswordInput.Prompt prompt, ReadableByteChannel input) {
        PasswordInput passwords = new PasswordInput(prompt, input);
        return new CommandLine(new ClientCommand())
                .addSubcommand(new LoginCommand(passwords))
                .addSubcommand(new BenchCommand(passwords))
                .addSubcommand(new CommandLine.HelpCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a user's name may begin with @
                .setExecutionStrategy(Main::run)
                .setExecutionExceptionHandler(Main::handle)
                .setParameterExceptionHandler(Main::explain);
    }

    /** A script takes 0 for "accepted": a user's name such as "--help" must not lead to it. */
    private static int run(ParseResult parsed) {
        List<String> args = parsed.originalArgs();
        ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        boolean informs = List.of(parsed, last).stream()
                .anyMatch(each -> each.isUsageHelpRequested() || each.isVersionHelpRequested());
        boolean alone = args.size() == (last == parsed ? 1 : 2) && INFORMATION.contains(args.get(args.size() - 1));
        if (informs && !alone) {
            throw new ParameterException(
                    last.commandSpec().commandLine(), "Help and version cannot be combined with other arguments");
        }
        int code = new CommandLine.RunLast().execute(parsed);
        return informs && last.commandSpec().userObject() instanceof LoginCommand ? ExitCode.USAGE : code;
    }

    private static int handle(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        if (e instanceof IllegalArgumentException) {
            return explain(new ParameterException(command, String.valueOf(e.getMessage()), e));
        }
        throw e;
    }

    /** Says in two lines what is wrong. */
    private static int explain(ParameterException e, String... args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + message(e, command));
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("See \"" + name + " --help\".");
        }
        return ExitCode.USAGE;
    }

    private static String message(ParameterException e, CommandLine command) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            String what = command.getParent() == null ? "command" : "argument";
            return "Unknown " + (first.startsWith("-") ? "option" : what) + " '" + first + "'";
        }
        return String.valueOf(e.getMessage()).replaceAll("\\R", " ").replace("is not an int", "is not a whole number");
    }

    @SuppressWarnings("SystemConsoleNull") // it is null, see main
    private static char @Nullable [] askOnConsole(String question) {
        Console console = System.console();
        if (console == null) {
            throw new IllegalArgumentException("There is no terminal to ask for the password: use --password-stdin");
        }
        return console.readPassword("%s", question);
    }

    /** Standard input without a buffer on the heap, in which a password would remain. */
    private static ReadableByteChannel standardInput() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }
}
