package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthClientBuilder;
import org.x2go.authservice.client.AuthServiceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks about one user's password. */
@Command(
        name = "login",
        description = "Asks for a password, and whether it is right.",
        exitCodeOnExecutionException = ExitCode.NO_VERDICT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the service accepted the password",
            "1:the service refused",
            "2:the command was used wrongly; nothing was asked",
            "3:there is no verdict"
        })
final class LoginCommand implements Callable<Integer> {
    private final PasswordInput passwords;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "USER", description = "The user's name.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String user;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The service's socket. Default: $$X2GOBROKER_AUTHSERVICE_SOCKET, or without that"
                    + " /run/x2gobroker/x2gobroker-authservice.socket.")
    private @Nullable Path socket;

    @Option(
            names = "--server-user",
            paramLabel = "NAME",
            description = "Who may serve the socket besides root and you: anybody else is not told the password."
                    + " Default: $$X2GOBROKER_AUTHSERVICE_SERVER_USER, or without that nobody.")
    private @Nullable String serverUser;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = AuthClient.DEFAULT_SERVICE,
            description = "The PAM service to check with. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String service;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "70",
            description = "How long to wait for the verdict. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Option(
            names = "--password-stdin",
            description = "Read the password from standard input, up to the first newline, instead of asking for it.")
    private boolean passwordFromInput;

    LoginCommand(PasswordInput passwords) {
        this.passwords = passwords;
    }

    @Override
    public Integer call() throws IOException {
        try (AuthClient client = newClient()) {
            char[] password = passwordFromInput ? passwords.readLine() : passwords.ask(user);
            try {
                return report(client.authenticate(user, password, service));
            } catch (AuthServiceException | InterruptedIOException e) {
                spec.commandLine().getErr().println("No verdict: " + e.getMessage());
                return ExitCode.NO_VERDICT;
            } finally {
                Arrays.fill(password, '\0');
            }
        } catch (IllegalArgumentException | NoConsoleException e) {
            throw wrongUsage(e);
        }
    }

    private AuthClient newClient() {
        AuthClientBuilder builder = AuthClient.builder().timeout(Duration.ofSeconds(timeoutSeconds));
        if (socket != null) {
            builder.socket(socket);
        }
        if (serverUser != null) {
            builder.serverUser(serverUser);
        }
        return builder.build();
    }

    private int report(boolean accepted) {
        spec.commandLine()
                .getOut()
                .println(
                        accepted
                                ? "Accepted."
                                : "Refused: a wrong password, an unknown or locked user, or a PAM service that is not allowed.");
        return accepted ? ExitCode.OK : ExitCode.FAIL;
    }

    private ParameterException wrongUsage(RuntimeException e) {
        return new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
}
