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
 * Checks a log configuration without opening a log: a created file would belong to the checking user, not to the
 * service's. So it examines the parsed elements, and does not build the appenders.
 */
public final class LogConfigurationCheck {
    static final String SILENT = "no logger has an appender, so nothing would be logged";

    private final Path file;
    private final List<Node> nodes = new ArrayList<>();

    private LogConfigurationCheck(Path file) {
        this.file = file;
    }

    /**
     * Checks that a file is well-formed, refers to known elements, appenders and directories, and logs something.
     *
     * @throws IOException if not; the message names the file, in one line
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
                    throw LogConfigurationFile.unusable(file, "undefined appender \"" + reference + "\"");
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

    /** Collects all elements below one. The root has neither a name nor a type. */
    private void collect(Node node) throws IOException {
        for (Node child : node.getChildren()) {
            if (child.getType() == null) {
                throw unknown(child.getName());
            }
            Class<?> kind = child.getType().getPluginClass();
            if (kind == AppendersPlugin.class || kind == LoggersPlugin.class) {
                // log4j2 turns an unknown element without children into an attribute; these two elements have no
                // attributes.
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
        return LogConfigurationFile.unusable(file, "log4j2 has no element or attribute \"" + name + "\"");
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
