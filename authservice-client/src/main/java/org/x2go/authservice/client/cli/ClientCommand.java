package org.x2go.authservice.client.cli;

import picocli.CommandLine.Command;

/** The command itself, which does nothing without a subcommand. */
@Command(
        name = "authservice",
        description = "Asks the authservice whether passwords are right.",
        mixinStandardHelpOptions = true,
        versionProvider = ManifestVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeOnExecutionException = ExitCode.NO_VERDICT)
final class ClientCommand {}
