package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.cli.load.LoadPlan;
import org.x2go.authservice.client.cli.load.LoadResult;
import org.x2go.authservice.client.cli.load.LoadRun;
import org.x2go.authservice.client.cli.load.Protocol;
import org.x2go.authservice.client.transport.ServerVerifier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how many logins a service can check, and how long each takes. */
@Command(
        name = "bench",
        description = {
            "Measures how many requests a service answers, and how long each takes: every connection asks its next"
                    + " request when the one before was answered.",
            "",
            "It talks to the socket by itself, so that the costs of the client library are not measured. It takes its"
                    + " share of the processors: measure services of about the same speed on the same machine, one after"
                    + " the other."
        },
        exitCodeOnExecutionException = ExitCode.NO_VERDICT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:requests were answered",
            "1:every right password was refused",
            "2:the command was used wrongly; nothing was asked",
            "3:there is no service, or nothing was answered"
        })
final class BenchCommand implements Callable<Integer> {
    private final PasswordInput passwords;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = "${env:X2GOBROKER_AUTHSERVICE_SOCKET:-/run/x2gobroker/x2gobroker-authservice.socket}",
            description = "The service's socket. Default: $$X2GOBROKER_AUTHSERVICE_SOCKET, or without that"
                    + " /run/x2gobroker/x2gobroker-authservice.socket.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Path socket;

    @Option(
            names = "--server-user",
            paramLabel = "NAME",
            description = "Who may serve the socket besides root and you: anybody else is not told the password."
                    + " Default: $$X2GOBROKER_AUTHSERVICE_SERVER_USER, or without that nobody.")
    private @Nullable String serverUser;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "authservice",
            description = "How the service is asked: authservice (X2Go's Python service too) or saslauthd."
                    + " Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private Protocol protocol;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many connections ask at the same time. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to measure. Default: ${DEFAULT-VALUE}.")
    private int durationSeconds;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long to ask before measuring. Default: ${DEFAULT-VALUE}.")
    private int warmupSeconds;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = AuthClient.DEFAULT_SERVICE,
            description = "The PAM service to check with. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String service;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "bench",
            description = "Who logs in; %%d stands for the number of the connection. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String user;

    @ArgGroup
    private final Connections mode = new Connections();

    @Option(
            names = "--idle",
            paramLabel = "N",
            defaultValue = "0",
            description = "Open this many connections besides, which ask nothing. Default: ${DEFAULT-VALUE}.")
    private int idle;

    @Option(
            names = "--wrong-share",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "How many of a hundred requests have a wrong password. Default: ${DEFAULT-VALUE}.")
    private int wrongPercent;

    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    @Option(
            names = "--password-stdin",
            description = "Read the password from standard input, up to the first newline, instead of asking for it.")
    private boolean passwordFromInput;

    private static final class Connections {
        @Option(names = "--reconnect", description = "Make a connection for each request. That is the default.")
        @SuppressWarnings("UnusedVariable") // it only keeps --keep out
        private boolean reconnect;

        @Option(names = "--keep", description = "Keep connections, and make all requests on them.")
        private boolean keep;
    }

    BenchCommand(PasswordInput passwords) {
        this.passwords = passwords;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            LoadPlan plan = new LoadPlan(
                    socket,
                    ServerVerifier.allowing(serverUser, System.getenv(ServerVerifier.VARIABLE)),
                    protocol,
                    user,
                    service,
                    connections,
                    mode.keep,
                    idle,
                    wrongPercent,
                    Duration.ofSeconds(warmupSeconds),
                    Duration.ofSeconds(durationSeconds));
            char[] password = passwordFromInput ? passwords.readLine() : passwords.ask(user);
            try {
                return report(new LoadRun(plan, spec.commandLine().getErr()).run(password));
            } finally {
                Arrays.fill(password, '\0');
            }
        } catch (IllegalArgumentException | NoConsoleException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.NO_VERDICT;
        }
    }

    private int report(LoadResult result) {
        if (json) {
            spec.commandLine().getOut().println(result.toJson());
        } else {
            result.print(spec.commandLine().getOut());
        }
        if (result.answers() == 0) {
            spec.commandLine().getErr().println("Nothing was answered by the service at " + socket);
            return ExitCode.NO_VERDICT;
        }
        if (result.isEveryRightPasswordRefused()) {
            spec.commandLine()
                    .getErr()
                    .println("Every right password was refused: is it that of " + user + ", and is " + service
                            + " an allowed PAM service?");
            return ExitCode.FAIL;
        }
        return ExitCode.OK;
    }
}
