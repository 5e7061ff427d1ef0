package org.x2go.authservice.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.x2go.authservice.client.cli.load.LoadOptions;
import org.x2go.authservice.client.cli.load.LoadResult;
import org.x2go.authservice.client.cli.load.LoadRun;
import org.x2go.authservice.client.cli.load.Target;
import org.x2go.authservice.client.transport.ServerVerifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many logins a service can check, and how long each takes. */
@Command(
        name = "bench",
        description = {
            "Measures how many requests a service answers per second, and how long each takes. Every connection sends"
                    + " its next request when the previous one has been answered.",
            "",
            "The load comes from plain sockets, without the client library. It takes its share of the processors:"
                    + " compare services on the same machine, one after the other."
        },
        exitCodeOnExecutionException = ExitCode.NO_VERDICT,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:requests were answered",
            "1:every right password was refused",
            "2:wrong usage; the service was not asked",
            "3:the service cannot be reached, or answered nothing"
        })
final class BenchCommand implements Callable<Integer> {
    private final PasswordInput passwords;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Mixin
    private final ServiceOptions options = new ServiceOptions();

    @Mixin
    private final LoadOptions load = new LoadOptions();

    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    BenchCommand(PasswordInput passwords) {
        this.passwords = passwords;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Target target = new Target(
                    options.socket(),
                    ServerVerifier.allowing(options.serverUser, System.getenv(ServerVerifier.VARIABLE)),
                    options.pamService);
            LoadRun run = new LoadRun(target, load, err);
            char[] password = options.readPassword(passwords, load.user());
            try {
                return report(run.run(password));
            } finally {
                Arrays.fill(password, '\0');
            }
        } catch (IOException e) {
            err.println(e.getMessage());
            return ExitCode.NO_VERDICT;
        }
    }

    private int report(LoadResult result) {
        PrintWriter err = spec.commandLine().getErr();
        if (json) {
            spec.commandLine().getOut().println(result.toJson());
        } else {
            result.print(spec.commandLine().getOut());
        }
        if (result.answers() == 0) {
            err.println("The service at " + options.socket() + " answered nothing: see its log");
            return ExitCode.NO_VERDICT;
        }
        if (result.isEveryRightPasswordRefused()) {
            err.println("Every right password was refused: check that it is the password of " + load.user()
                    + ", and that the service allows the PAM service " + options.pamService);
            return ExitCode.FAIL;
        }
        return ExitCode.OK;
    }
}
