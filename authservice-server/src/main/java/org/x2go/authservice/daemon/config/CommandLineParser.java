package org.x2go.authservice.daemon.config;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.server.Limit;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Fills in {@link Options}: from the command line, written in any way that Python's argparse takes, and where that gives
 * nothing from {@link SettingSources}.
 */
final class CommandLineParser {
    private static final String LIMITS = "Limits";

    /** As the classes in Options are called that hold them. */
    private static final List<String> GROUPS =
            List.of("Socket", "PAM", LIMITS, "Log", "Background", "Metrics", "Other");

    private static final int WIDTH = 80;
    private static final Set<String> TRUE = Set.of("1", "on", "true", "yes");
    private static final Set<String> FALSE = Set.of("0", "off", "false", "no", "");

    private final SettingSources sources;
    private final Options options = new Options();
    private final CommandLine commandLine = new CommandLine(options);

    /** The settings that a source other than the command line gave, by the name of the option. */
    private final Map<String, SettingSources.Found> found = new TreeMap<>();

    private final List<String> mistakes = new ArrayList<>();

    CommandLineParser(SettingSources sources) {
        this.sources = sources;
        for (Limit limit : Limit.values()) {
            spec().addOption(OptionSpec.builder("--" + limit.optionName())
                    .paramLabel(limit.unit() == Limit.Unit.SECONDS ? "SECONDS" : "N")
                    .type(Integer.class)
                    .description(limit.description() + ", " + limit.least() + " to " + limit.most() + ". Default: "
                            + limit.defaultText())
                    .build());
        }
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this::optionList);
        // One lambda for both: Java 17 crashes when it makes an archive of classes that leaves out two lambdas of one
        // method and an interface as old as picocli's.
        ITypeConverter<Integer> numbers = CommandLineParser::number;
        commandLine
                .setUsageHelpWidth(WIDTH)
                .setAbbreviatedOptionsAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .registerConverter(int.class, numbers)
                .registerConverter(Integer.class, numbers)
                .setDefaultValueProvider(this::fromSources);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    /**
     * What these arguments and the other sources give. To be called once.
     *
     * @throws UsageException if a value cannot be read; the message names the option or setting, and where it was found
     */
    Options parse(String... args) throws UsageException {
        try {
            ParseResult result = commandLine.parseArgs(args);
            for (Limit limit : Limit.values()) {
                Integer value = spec().findOption("--" + limit.optionName()).getValue();
                if (value != null) {
                    options.limits.put(limit, value);
                }
            }
            spec().options().stream()
                    .filter(option -> settingName(option) != null)
                    .forEach(option -> finish(option, result));
            return options;
        } catch (ParameterException e) {
            throw new UsageException(message(e));
        }
    }

    /** Splits the names of a list, and notes where the setting comes from. */
    private void finish(OptionSpec option, ParseResult result) {
        boolean given = result.hasMatchedOption(option);
        if (option.isMultiValue() && !given) {
            List<String> value = option.getValue();
            if (value.size() == 1) {
                option.setValue(List.of(value.get(0).split("\\s+")));
            }
        }
        SettingSources.Found source = found.get(option.longestName());
        String value = shown(option);
        options.origins.add(option.longestName().substring(2)
                + (value.isEmpty() ? "" : " = " + value)
                + " (" + (given ? "command line" : source != null ? source.origin() : "default") + ")");
    }

    private String shown(OptionSpec option) {
        for (Limit limit : Limit.values()) {
            if (option.longestName().equals("--" + limit.optionName())) {
                return String.valueOf(options.limits.getOrDefault(limit, limit.defaultValue()));
            }
        }
        Object value = option.getValue();
        return value == null ? "" : value instanceof List<?> list ? String.join(" ", strings(list)) : value.toString();
    }

    private static List<String> strings(List<?> list) {
        return list.stream().map(String::valueOf).toList();
    }

    /** picocli asks for what the command line does not give. */
    private @Nullable String fromSources(ArgSpec arg) {
        String name = arg instanceof OptionSpec option ? settingName(option) : null;
        Optional<SettingSources.Found> value = name == null
                ? Optional.empty()
                : sources.find(name).filter(v -> !v.text().isEmpty());
        if (value.isEmpty()) {
            return null;
        }
        String option = ((OptionSpec) arg).longestName();
        found.put(option, value.get());
        return isFlag(arg) ? Boolean.toString(isTrue(value.get())) : value.get().text();
    }

    /** As the broker's Python programs read it, to whom everything that is not true is false. */
    private boolean isTrue(SettingSources.Found value) {
        String word = value.text().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            mistakes.add(value.origin() + ": '" + value.text() + "' is neither on nor off; it counts as off");
        }
        return TRUE.contains(word);
    }

    private static boolean isFlag(ArgSpec arg) {
        return arg.type() == boolean.class;
    }

    /** The name of an option as a setting; null if it is none. */
    static @Nullable String settingName(OptionSpec option) {
        SettingName name = option.userObject() instanceof Field field ? field.getAnnotation(SettingName.class) : null;
        if (name != null) {
            return name.value();
        }
        return isFlag(option)
                ? null
                : SettingSources.PREFIX
                        + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The options as picocli describes them, for the pages that are made from them. */
    CommandSpec spec() {
        return commandLine.getCommandSpec();
    }

    /** Settings that are misspelled, or have a value that means nothing: found by {@link #parse}. */
    List<String> mistakes() {
        List<String> known = spec().options().stream()
                .map(CommandLineParser::settingName)
                .filter(name -> name != null)
                .map(String::valueOf)
                .toList();
        List<String> all = new ArrayList<>(mistakes.stream().distinct().toList());
        sources.unknown(known).forEach(name -> all.add("unknown setting " + name + ": see --help for the names"));
        return all;
    }

    /** The text of {@code --help}. */
    String help() {
        commandLine.setInterpolateVariables(true).setDefaultValueProvider(arg -> null);
        return commandLine.getUsageMessage(Help.Ansi.OFF);
    }

    /** The options by what they are about, in the order of the help. */
    Map<String, List<OptionSpec>> groups() {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        for (String title : GROUPS) {
            groups.put(
                    title,
                    spec().options().stream()
                            .filter(option -> !option.hidden() && title.equalsIgnoreCase(group(option)))
                            .toList());
        }
        return groups;
    }

    private static String group(OptionSpec option) {
        return option.userObject() instanceof Field field
                ? field.getDeclaringClass().getSimpleName()
                : LIMITS;
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

    /** A script that completes these options in bash. */
    String bashCompletion() {
        return AutoComplete.bash(Options.PROGRAM, commandLine);
    }

    /** In one line, and in words of the command line. */
    private String message(ParameterException e) {
        String text = String.valueOf(e.getMessage()).replace("\n", " ");
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            return (first.startsWith("-") ? "unknown option '" : "unexpected argument '") + first + "'";
        }
        SettingSources.Found source =
                e.getArgSpec() instanceof OptionSpec option ? found.get(option.longestName()) : null;
        if (source != null && source.text().equals(e.getValue())) {
            return source.origin() + ": "
                    + (e.getCause() == null ? text : String.valueOf(e.getCause().getMessage()));
        }
        return text;
    }
}
