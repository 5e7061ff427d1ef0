package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.client.AuthClient;
import org.x2go.authservice.client.transport.SocketPath;
import picocli.CommandLine.Option;

/** The options that all subcommands share: which service is asked, and where the password comes from. */
final class ServiceOptions {
    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The service's socket. Default: $$X2GOBROKER_AUTHSERVICE_SOCKET, or without that"
                    + " /run/x2gobroker/x2gobroker-authservice.socket.")
    private @Nullable Path socket;

    @Option(
            names = "--server-user",
            paramLabel = "NAME",
            description =
                    "A user who may have created the socket, besides root and you. If another user created it, the"
                            + " password is not sent. Default: $$X2GOBROKER_AUTHSERVICE_SERVER_USER, otherwise none.")
    @Nullable
    String serverUser;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = AuthClient.DEFAULT_SERVICE,
            description = "The PAM service that checks the password. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    String pamService;

    @Option(
            names = "--password-stdin",
            description = "Read the password from the first line of standard input instead of the terminal.")
    private boolean passwordFromInput;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    Path socket() {
        return SocketPath.resolve(socket, System.getenv());
    }

    /**
     * Reads the password of a user.
     *
     * @return the password, which the caller wipes
     * @throws IllegalArgumentException if there is none, or one that cannot be used
     */
    char[] readPassword(PasswordInput passwords, String user) throws IOException {
        return passwordFromInput ? passwords.readLine() : passwords.ask(user);
    }
}
