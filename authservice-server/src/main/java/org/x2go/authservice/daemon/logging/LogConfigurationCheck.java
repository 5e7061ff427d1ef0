package org.x2go.authservice.daemon.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.AppendersPlugin;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggersPlugin;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.lookup.Interpolator;
import org.apache.logging.log4j.core.lookup.StrSubstitutor;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what is wrong with a log configuration without opening a log: a file that it made would be its user's, and not
 * the service's. So it reads what log4j2 has parsed, and not what it would make of that.
 */
public final class LogConfigurationCheck {
    static final String SILENT = "none of its loggers has an appender, so that nothing would be logged";

    private final Path file;
    private final List<Node> nodes = new ArrayList<>();

    private LogConfigurationCheck(Path file) {
        this.file = file;
    }

    /**
     * Finds out whether a file is malformed, names a kind of part that does not exist, an appender that it does not have or a
     * directory that is missing, or logs nothing.
     *
     * @throws IOException if it is or does; the message names the file, and is one line
     */
    public static void check(Path file) throws IOException {
        StatusLogCollector errors = StatusLogCollector.LISTENER;
        errors.collect();
        try {
            Configuration configuration = LogConfigurationFile.read(null, file);
            if (configuration instanceof AbstractConfiguration parsed) {
                parsed.getPluginManager().collectPlugins(List.of());
                parsed.setup();
                errors.check(new LogTarget.Configured(file));
                new LogConfigurationCheck(file).checkTree(parsed.getRootNode());
            }
        } finally {
            errors.print();
        }
    }

    private void checkTree(Node root) throws IOException {
        collect(root);
        StrSubstitutor values = new StrSubstitutor(new Interpolator(properties()));
        Set<String> appenders = nodes.stream()
                .filter(node -> Appender.ELEMENT_TYPE.equals(node.getType().getElementName()))
                .map(node -> values.replace(node.getAttributes().get("name")))
                .collect(Collectors.toSet());
        for (Node node : nodes) {
            for (String attribute : List.of("ref", "errorRef")) {
                String reference = values.replace(node.getAttributes().get(attribute));
                if (reference != null && !appenders.contains(reference)) {
                    throw LogConfigurationFile.unusable(file, "there is no appender \"" + reference + "\"");
                }
            }
            if (node.getType().getPluginClass() == ReopeningFileAppender.class) {
                checkDirectory(values.replace(node.getAttributes().get("fileName")));
            }
        }
        if (nodes.stream().noneMatch(LogConfigurationCheck::isReferenceOfLogger)) {
            throw LogConfigurationFile.unusable(file, SILENT);
        }
    }

    /** All parts below one. The root itself has neither a name nor a type. */
    private void collect(Node node) throws IOException {
        for (Node child : node.getChildren()) {
            if (child.getType() == null) {
                throw unknown(child.getName());
            }
            Class<?> kind = child.getType().getPluginClass();
            if (kind == AppendersPlugin.class || kind == LoggersPlugin.class) {
                // An element without children that log4j2 does not know has become an attribute; these two have none.
                Optional<String> name = child.getAttributes().keySet().stream().findFirst();
                if (name.isPresent()) {
                    throw unknown(name.get());
                }
            }
            nodes.add(child);
            collect(child);
        }
    }

    private IOException unknown(String name) {
        return LogConfigurationFile.unusable(file, "log4j2 knows no \"" + name + "\"");
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        for (Node node : nodes) {
            if ("Property".equals(node.getName())) {
                String value = node.getAttributes().getOrDefault("value", node.getValue());
                properties.put(node.getAttributes().get("name"), value);
            }
        }
        return properties;
    }

    private void checkDirectory(@Nullable String log) throws IOException {
        Path directory = log == null ? null : Path.of(log).toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw LogConfigurationFile.unusable(file, "the directory of the log " + log + " does not exist");
        }
    }

    private static boolean isReferenceOfLogger(Node node) {
        Node parent = node.getParent();
        return "AppenderRef".equalsIgnoreCase(node.getName())
                && parent.getType() != null
                && !Appender.ELEMENT_TYPE.equals(parent.getType().getElementName());
    }
}
