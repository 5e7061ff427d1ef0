package org.x2go.authservice.daemon;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.config.xml.XmlConfigurationFactory;
import org.jspecify.annotations.Nullable;

/** A file that an admin wrote to configure the log. What kind it is, is told by what is in it, not by its name. */
final class LogConfigurationFile {
    private LogConfigurationFile() {}

    /** Whether a file is for Python's logging, as the one is that this program's predecessor had under the same name. */
    static boolean isPython(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("[loggers]")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new IOException("cannot read the log configuration " + file + ": " + Failures.text(e), e);
        }
    }

    /** Reads a log4j2 configuration, in XML or as properties. */
    static Configuration read(@Nullable LoggerContext context, Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException("cannot read the log configuration " + file + ": " + Failures.text(e), e);
        }
        ConfigurationSource source = new ConfigurationSource(new ByteArrayInputStream(bytes), file.toFile());
        char first = firstCharacter(bytes);
        Configuration configuration;
        if (first == '<') {
            configuration = new XmlConfigurationFactory().getConfiguration(context, source);
        } else if (first == '{') {
            throw new IOException("the log configuration " + file + " is JSON: write it in XML or as properties");
        } else {
            configuration = new PropertiesConfigurationFactory().getConfiguration(context, source);
        }
        return configuration;
    }

    private static char firstCharacter(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .stripLeading()
                .concat(" ")
                .charAt(0);
    }
}
