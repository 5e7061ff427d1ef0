package org.x2go.authservice.client.cli;

import picocli.CommandLine.Command;

/** The command, which needs a subcommand. */
@Command(
        name = "authservice",
        description = "Checks passwords with the authservice, and measures it.",
        mixinStandardHelpOptions = true,
        versionProvider = ManifestVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeOnExecutionException = ExitCode.NO_VERDICT)
final class ClientCommand {}
