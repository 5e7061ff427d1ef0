package org.x2go.authservice.daemon;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.server.Limit;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line, in every way that it may be written; {@link PlainArguments} is quicker for the usual one. It is described by picocli's builders and not by its annotations, because these are looked up by
 * reflection at every start.
 */
final class CommandLineParser {
    /** Tells a process that it is the one that goes to the background; for {@link BackgroundStart} only. */
    static final String BACKGROUND_CHILD = "--background-child";

    private final List<ArgGroupSpec> groups = new ArrayList<>();
    private final CommandLine commandLine;

    CommandLineParser() {
        CommandSpec spec = CommandSpec.create().name(Main.NAME);
        socketOptions();
        pamOptions();
        limitOptions();
        logOptions();
        backgroundOptions();
        metricsOptions();
        otherOptions();
        groups.forEach(spec::addArgGroup);
        spec.addOption(flag(BACKGROUND_CHILD).hidden(true).build());
        spec.usageMessage()
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .customSynopsis(Main.NAME + " [OPTIONS]")
                .description(
                        "%nChecks user names and passwords with PAM, for programs that must not be root: they ask over a"
                                + " Unix domain socket. Whoever may write to the socket may ask.")
                .footer(
                        "%nA setting comes from the command line, else from the environment"
                                + " (X2GOBROKER_AUTHSERVICE_SOCKET, X2GOBROKER_AUTHSERVICE_ALLOW_SERVICES with"
                                + " spaces between the names, X2GOBROKER_AUTHSERVICE_ISOLATION,"
                                + " X2GOBROKER_AUTHSERVICE_AUTH_LOG, X2GOBROKER_AUTHSERVICE_LOGCONFIG,"
                                + " X2GOBROKER_DEBUG, X2GOBROKER_DAEMON_USER), else from "
                                + SettingsReader.DEFAULTS_CONF
                                + " (there under the same names, in [authservice] or [common]), else it has the"
                                + " default.",
                        "",
                        "Run as root, as X2GOBROKER_DAEMON_USER, or with X2GOBROKER_AUTHSERVICE_AUTH_LOG, it logs to a"
                                + " file, otherwise to stderr."
                                + " X2GOBROKER_AUTHSERVICE_LOGCONFIG may name a log4j2 configuration (XML or"
                                + " properties) to be used instead.",
                        "",
                        "Exit status: 0 after SIGTERM or SIGINT (or, with -D, when the service answers),"
                                + " 1 if it cannot start, 2 if the command line is wrong.")
                .width(80);
        commandLine = new CommandLine(spec)
                .setAbbreviatedOptionsAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false);
    }

    private void socketOptions() {
        group(
                "%nSocket:%n",
                value("FILE", "-s", "--socket-file", "--socket")
                        .description("The socket's path, at most 107 bytes. Default:", SettingsReader.SOCKET),
                value("USER", "-o", "--owner")
                        .description("Who shall own the socket. Default: root (whoever starts it, if not root)"),
                value("GROUP", "-g", "--group")
                        .description("The socket's group. Default: root (that of whoever starts it, if not root)"),
                value("MODE", "-p", "--permissions")
                        .description("The socket's permissions, octal, as 660 or 0660 or 0o660. Default: 660"),
                list("USER", "--allow-uid")
                        .description("A user, by name or number, who may ask; may be given more than once. With it or"
                                + " --allow-gid, only those may ask whom one of the two names"),
                list("GROUP", "--allow-gid")
                        .description("A group, by name or number, whose members may ask; may be given more than once"));
    }

    private void pamOptions() {
        group(
                "%nPAM:%n",
                list("NAME", "--allow-service")
                        .description("A PAM service that may be asked for; may be given more than once. Give every one:"
                                + " the default holds only if none is given. Default: x2gobroker"),
                value("DIR", "--pam-confdir")
                        .description("Where the services' files are. Default:", "/etc/pam.d, then /usr/lib/pam.d"),
                value("HOW", "--isolation")
                        .description(
                                "Where PAM runs: \"process\" for processes of its own, of which a module that"
                                        + " crashes or hangs costs one; \"thread\" for this one. Default:",
                                Isolation.defaultMode()),
                value("FILE", "--worker-socket")
                        .description("With --isolation process: do not start those processes, but connect to this"
                                + " socket, where somebody starts one for each connection (systemd)"),
                value("N", "--worker-max-requests")
                        .type(Integer.class)
                        .description("After how many requests such a process is replaced. Default: "
                                + Isolation.DEFAULT_REQUESTS),
                value("MEGABYTES", "--worker-max-rss")
                        .type(Integer.class)
                        .description("With how much memory such a process is replaced, 64 to 65536. Default: "
                                + Isolation.DEFAULT_MEGABYTES));
    }

    private void limitOptions() {
        group(
                "%nLimits:%n",
                Arrays.stream(Limit.values())
                        .map(limit -> value(label(limit), option(limit))
                                .type(Integer.class)
                                .description(limit.description() + ", " + limit.least() + " to " + limit.most()
                                        + ". Default: " + limit.defaultText()))
                        .toArray(OptionSpec.Builder[]::new));
    }

    /** The option that sets a limit. */
    static String option(Limit limit) {
        return "--" + limit.optionName();
    }

    private static String label(Limit limit) {
        return limit.unit() == Limit.Unit.SECONDS ? "SECONDS" : "N";
    }

    private void logOptions() {
        group(
                "%nLog:%n",
                flag("-d", "--debug").description("Log more, and show where a failure came from"),
                flag("-i", "--debug-interactively").description("Like -d, but log to stderr"),
                value("FILE", "--auth-log")
                        .description(
                                "The log, if it does not go to stderr. It may be renamed or removed at any time,"
                                        + " and is then made anew. Default:",
                                SettingsReader.AUTH_LOG));
    }

    private void backgroundOptions() {
        group(
                "%nBackground:%n",
                flag("-D", "--daemonize").description("Go to the background as soon as the service answers"),
                value("FILE", "-P", "--pidfile")
                        .description(
                                "With -D, where the process's number is written. Default:", SettingsReader.PID_FILE),
                value("DIR", "-L", "--logdir")
                        .description("With -D, where stdout and stderr go, to " + BackgroundProcess.STDOUT + " and "
                                + BackgroundProcess.STDERR + " there. Default: " + SettingsReader.LOG_DIR));
    }

    private void metricsOptions() {
        group(
                "%nMetrics:%n",
                value("FILE", "--metrics-file")
                        .description("Keep this file up to date with metrics in Prometheus's text format, for the"
                                + " textfile collector of node_exporter, which wants a name in .prom"),
                value("SECONDS", "--metrics-interval")
                        .type(Integer.class)
                        .description(
                                "How often, 1 to 3600. Default: " + Settings.Metrics.DEFAULT_INTERVAL.toSeconds()));
    }

    private void otherOptions() {
        group(
                "%nOther:%n",
                flag("--check-config")
                        .description("Say what would be used, and what is wrong with it, and exit:"
                                + " 0 if it would start and could give verdicts, 1 if not"),
                flag("--version").description("Print the version and exit"),
                flag("-h", "--help").description("Print this and exit"));
    }

    private void group(String heading, OptionSpec.Builder... options) {
        ArgGroupSpec.Builder group =
                ArgGroupSpec.builder().validate(false).heading(heading).order(groups.size());
        for (int i = 0; i < options.length; i++) {
            group.addArg(options[i].order(i).build());
        }
        groups.add(group.build());
    }

    private static OptionSpec.Builder flag(String... names) {
        String first = names[0];
        return OptionSpec.builder(first, others(names)).type(boolean.class).arity("0");
    }

    private static OptionSpec.Builder value(String label, String... names) {
        return OptionSpec.builder(names[0], others(names))
                .paramLabel(label)
                .type(String.class)
                .arity("1");
    }

    private static OptionSpec.Builder list(String label, String... names) {
        return value(label, names).type(List.class).auxiliaryTypes(String.class);
    }

    private static String[] others(String... names) {
        return Arrays.copyOfRange(names, 1, names.length);
    }

    /** What these arguments mean. */
    Options parse(String... args) throws UsageException {
        ParseResult result;
        try {
            result = commandLine.parseArgs(args);
        } catch (ParameterException e) {
            throw new UsageException(oneLine(e));
        }
        return new Parsed(result).options();
    }

    /** The text of {@code --help}. */
    String help() {
        return commandLine.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /** A script that completes these options in bash. */
    String bashCompletion() {
        return AutoComplete.bash(Main.NAME, commandLine);
    }

    private static String oneLine(ParameterException e) {
        return String.valueOf(e.getMessage()).replace("\n", " ");
    }

    /** As picocli has them. */
    private record Parsed(ParseResult result) implements GivenOptions {
        @Override
        public boolean has(String option) {
            return result.hasMatchedOption(option);
        }

        @Override
        public @Nullable String value(String option) {
            return result.<@Nullable String>matchedOptionValue(option, null);
        }

        @Override
        public @Nullable Integer number(String option) {
            return result.<@Nullable Integer>matchedOptionValue(option, null);
        }

        @Override
        public List<String> list(String option) {
            return result.matchedOptionValue(option, List.of());
        }
    }
}
