package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Fills in {@link Options} from the command line, in any form that Python's argparse accepts, and then from {@link
 * SettingSources}.
 */
final class CommandLineParser {
    private static final int WIDTH = 80;
    private static final Set<String> TRUE = Set.of("1", "on", "true", "yes");
    private static final Set<String> FALSE = Set.of("0", "off", "false", "no");

    private final SettingSources sources;
    private final Options options = new Options();
    private final CommandLine commandLine = new CommandLine(options);

    /** The settings from sources other than the command line, by option name. */
    private final Map<String, SettingSources.Found> found = new TreeMap<>();

    private final List<String> mistakes = new ArrayList<>();

    CommandLineParser(SettingSources sources) {
        this.sources = sources;
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this::optionList);
        commandLine
                .setUsageHelpWidth(WIDTH)
                .setAbbreviatedOptionsAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .registerConverter(Path.class, new AbsolutePath())
                .registerConverter(int.class, new WholeNumber(number -> number))
                .setDefaultValueProvider(this::fromSources);
    }

    /**
     * Parses the arguments and the other sources. Called once.
     *
     * @throws UsageException if a value cannot be read; the message names the option or setting, and where it was found
     */
    Options parse(String... args) throws UsageException {
        try {
            ParseResult result = commandLine.parseArgs(args);
            for (OptionSpec option : commandLine.getCommandSpec().options()) {
                if (settingName(option) != null) {
                    boolean given = result.hasMatchedOption(option);
                    if (option.isMultiValue() && found.containsKey(option.longestName())) {
                        option.setValue(List.of(values(option).split("\\s+")));
                    }
                    options.origins.add(origin(option, given));
                }
            }
            return options;
        } catch (ParameterException e) {
            throw new UsageException(message(e));
        }
    }

    private String origin(OptionSpec option, boolean given) {
        SettingSources.Found source = found.get(option.longestName());
        String value = values(option);
        return option.longestName().substring(2)
                + (value.isEmpty() ? "" : " = " + value)
                + (given ? " (command line)" : source == null ? " (default)" : " (" + source.origin() + ")");
    }

    /** The value; those of a list are separated by blanks. */
    private static String values(OptionSpec option) {
        Object value = option.getValue();
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
                : value == null ? "" : value.toString();
    }

    /** Called by picocli for options that the command line does not have. */
    private @Nullable String fromSources(ArgSpec arg) {
        String name = settingName((OptionSpec) arg);
        Optional<SettingSources.Found> value = name == null
                ? Optional.empty()
                : sources.find(name).filter(v -> !v.text().isEmpty());
        value.ifPresent(v -> found.put(((OptionSpec) arg).longestName(), v));
        return value.map(v -> isFlag(arg) ? Boolean.toString(isTrue(v)) : v.text())
                .orElse(null);
    }

    /** Like the broker's Python programs, for which everything that is not true is false. */
    private boolean isTrue(SettingSources.Found value) {
        String word = value.text().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            mistakes.add(value.origin() + ": '" + value.text() + "' is neither on nor off; off is used");
        }
        return TRUE.contains(word);
    }

    private static boolean isFlag(ArgSpec arg) {
        return arg.type() == boolean.class;
    }

    /**
     * The setting's name of an option; null if it is not a setting.
     */
    static @Nullable String settingName(OptionSpec option) {
        String own = option.descriptionKey();
        if (own != null && !own.isEmpty()) {
            return own;
        }
        String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        return isFlag(option) ? null : SettingSources.PREFIX + name;
    }

    /** Misspelled settings, and invalid values that are ignored, found by {@link #parse}. */
    List<String> mistakes() {
        List<String> all = new ArrayList<>(mistakes);
        Set<String> known = commandLine.getCommandSpec().options().stream()
                .map(option -> String.valueOf(settingName(option)))
                .collect(Collectors.toSet());
        sources.unknown(known).forEach(name -> all.add("unknown setting " + name + ": see --help for the names"));
        return all;
    }

    /** The text of {@code --help}. */
    String help() {
        commandLine.setInterpolateVariables(true).setDefaultValueProvider(arg -> null);
        return commandLine.getUsageMessage(Help.Ansi.OFF);
    }

    /** The options by topic, in the order of the help. */
    Map<String, List<OptionSpec>> groups() {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        commandLine
                .getCommandSpec()
                .mixins()
                .forEach((title, mixin) -> groups.put(
                        title,
                        mixin.options().stream()
                                .filter(option -> !option.hidden())
                                .toList()));
        return groups;
    }

    private String optionList(Help help) {
        StringBuilder list = new StringBuilder();
        groups().forEach((title, group) -> {
            Help.Layout layout = help.createDefaultLayout();
            layout.addAllOptions(group, help.createDefaultParamLabelRenderer());
            list.append('\n').append(title).append(":\n").append(layout);
        });
        return list.toString();
    }

    /** The message in one line, in terms of the command line. */
    private String message(ParameterException e) {
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            return (first.startsWith("-") ? "unknown option '" : "unexpected argument '") + first + "'";
        }
        String text = String.valueOf(e.getMessage()).replace("\n", " ");
        SettingSources.Found source =
                e.getArgSpec() instanceof OptionSpec option ? found.get(option.longestName()) : null;
        if (source != null && source.text().equals(e.getValue())) {
            return source.origin() + ": "
                    + (e.getCause() == null ? text : String.valueOf(e.getCause().getMessage()));
        }
        return text;
    }
}
