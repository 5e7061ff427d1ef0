package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.x2go.authservice.text.LocaleText;

/** What the program is asked to do, and with which settings: by its command line, its environment and the broker's file. */
public final class Invocation {
    /** What there is to do. */
    public enum Action {
        /** To print {@link #help}. */
        HELP,
        /** To print the version. */
        VERSION,
        /** To {@link #check} the configuration. */
        CHECK,
        /** To start this program once more, in the background. */
        DAEMONIZE,
        /** To be the service. */
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
     * Reads everything, and looks nothing up yet.
     *
     * @param err where is told what a later release will not accept
     * @throws UsageException if a value cannot be read; the message names where it was found
     * @throws IOException if the file that settings come from is no INI file
     */
    public static Invocation read(Map<String, String> environment, PrintStream err, String... args)
            throws UsageException, IOException {
        // Another path or user than was meant would be used: its name decoded as this locale says is another one.
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

    /** What is to be done. */
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

    /** Whether an admin wants to see where a failure came from. */
    public boolean debug() {
        return options.log.debug || options.log.interactive;
    }

    /** The text of {@code --help}. */
    public String help() {
        return parser.help();
    }

    /**
     * The settings. Accounts are looked up by the C library, which must be there.
     *
     * @throws UsageException if a value is wrong
     * @throws IOException if a file that settings come from is wrong
     */
    public Settings settings() throws UsageException, IOException {
        return settings(ProcessUser.current());
    }

    private Settings settings(ProcessUser user) throws UsageException, IOException {
        return SettingsReader.ofThisProcess(sources, user).read(parser, options);
    }

    /**
     * Prints what the service would run with, and what is wrong with it.
     *
     * @return whether it would start, and could give verdicts
     */
    public boolean check(PrintStream out) throws UsageException, IOException {
        ProcessUser user = ProcessUser.current();
        return new ConfigurationCheck(settings(user), options.origins, user, out).run();
    }
}
