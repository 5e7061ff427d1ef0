package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.AuthClientBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks one user's password. */
@Command(
        name = "login",
        description = "Checks a user's password.",
        exitCodeOnExecutionException = ExitCode.NO_VERDICT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the service accepted the password",
            "1:the service refused the password",
            "2:wrong usage, or --help; the service was not asked",
            "3:no verdict"
        })
final class LoginCommand implements Callable<Integer> {
    private final PasswordInput passwords;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Mixin
    private final ServiceOptions options = new ServiceOptions();

    @Parameters(paramLabel = "USER", description = "The user's name.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String user;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "70",
            description = "How long to wait for the verdict. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    LoginCommand(PasswordInput passwords) {
        this.passwords = passwords;
    }

    @Override
    public Integer call() {
        try (AuthClient client = newClient()) {
            char[] password = options.readPassword(passwords, user);
            try {
                return report(client.authenticate(user, password, options.pamService));
            } finally {
                Arrays.fill(password, '\0');
            }
        } catch (IOException e) {
            spec.commandLine().getErr().println("No verdict: " + e.getMessage());
            return ExitCode.NO_VERDICT;
        }
    }

    private AuthClient newClient() {
        AuthClientBuilder builder =
                AuthClient.builder().socket(options.socket()).timeout(Duration.ofSeconds(timeoutSeconds));
        return (options.serverUser == null ? builder : builder.serverUser(options.serverUser)).build();
    }

    private int report(boolean accepted) {
        spec.commandLine()
                .getOut()
                .println(
                        accepted
                                ? "Accepted."
                                : "Refused: wrong password, unknown or locked user, or PAM service not allowed.");
        return accepted ? ExitCode.OK : ExitCode.FAIL;
    }
}
