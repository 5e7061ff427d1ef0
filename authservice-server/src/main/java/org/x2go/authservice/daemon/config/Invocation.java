package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.text.LocaleText;

/** The requested action and its settings, from the command line, the environment and the broker's file. */
public final class Invocation {
    /** The action of the program. */
    public enum Action {
        /** Print {@link #help}. */
        HELP,
        /** Print the version. */
        VERSION,
        /** {@link #check} the configuration. */
        CHECK,
        /** Start this program again in the background. */
        DAEMONIZE,
        /** Run the service. */
        SERVE
    }

    private final SettingSources sources;
    private final CommandLineParser parser;
    private final Options options;

    private Invocation(SettingSources sources, CommandLineParser parser, Options options) {
        this.sources = sources;
        this.parser = parser;
        this.options = options;
    }

    /**
     * Reads all sources, without looking up users and groups.
     *
     * @param err for warnings about names that a later release will not accept
     * @throws UsageException if a value cannot be read; the message names where it was found
     * @throws IOException if the settings file is not an INI file
     */
    public static Invocation read(Map<String, String> environment, PrintStream err, String... args)
            throws UsageException, IOException {
        // A name that this locale cannot decode would become another path or user.
        try {
            LocaleText.requireDecoded(List.of(args), environment);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        RenamedOptions renamed = RenamedOptions.in(args);
        renamed.warnings().forEach(warning -> err.println(Options.PROGRAM + ": " + warning));
        SettingSources sources = SettingSources.open(environment, Path.of(SettingsReader.DEFAULTS_CONF_PATH));
        CommandLineParser parser = new CommandLineParser(sources);
        return new Invocation(sources, parser, parser.parse(renamed.arguments().toArray(String[]::new)));
    }

    /** The requested action. */
    public Action action() {
        if (options.other.help) {
            return Action.HELP;
        }
        if (options.other.version) {
            return Action.VERSION;
        }
        if (options.other.checkConfig) {
            return Action.CHECK;
        }
        return options.background.daemonize && !options.background.child ? Action.DAEMONIZE : Action.SERVE;
    }

    /** Whether failures are printed with a stack trace. */
    public boolean debug() {
        return options.log.debug || options.log.interactive;
    }

    /** The text of {@code --help}. */
    public String help() {
        return parser.help();
    }

    /**
     * The settings. This looks up users and groups in the C library.
     *
     * @throws UsageException if a value is wrong
     * @throws IOException if a settings file is invalid
     */
    public Settings settings() throws UsageException, IOException {
        return settings(ProcessUser.current());
    }

    private Settings settings(ProcessUser user) throws UsageException, IOException {
        return SettingsReader.ofThisProcess(sources, user).read(parser, options);
    }

    /**
     * Prints the settings and their problems.
     *
     * @return whether there is no problem
     */
    public boolean check(PrintStream out) throws UsageException, IOException {
        ProcessUser user = ProcessUser.current();
        return new ConfigurationCheck(settings(user), options.origins, user, out).run();
    }
}
