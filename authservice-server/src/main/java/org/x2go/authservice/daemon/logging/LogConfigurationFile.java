package org.x2go.authservice.daemon.logging;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.core.config.xml.XmlConfigurationFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** An administrator's log configuration. Its content, not its name, tells the format. */
public final class LogConfigurationFile {
    private LogConfigurationFile() {}

    /**
     * Whether a file is for Python's logging: the Python service used the same file name.
     */
    public static boolean isPython(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("[loggers]")) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Reads a log4j2 configuration, in XML or as properties.
     *
     * @throws IOException if it cannot be read, or is malformed
     */
    static Configuration read(@Nullable LoggerContext context, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ConfigurationSource source = new ConfigurationSource(new ByteArrayInputStream(bytes), file.toFile());
        char first = firstCharacter(bytes);
        if (first == '<') {
            parse(bytes, file);
            return new XmlConfigurationFactory().getConfiguration(context, source);
        }
        if (first == '{') {
            throw unusable(file, "it is JSON: write it in XML or as properties");
        }
        return new PropertiesConfigurationFactory().getConfiguration(context, source);
    }

    /** log4j would print the position of an error instead of throwing it. */
    private static void parse(byte[] xml, Path file) throws IOException {
        try {
            SAXParserFactory.newInstance().newSAXParser().parse(new ByteArrayInputStream(xml), new DefaultHandler() {
                @Override
                public InputSource resolveEntity(String publicId, String systemId) {
                    return new InputSource(new StringReader(""));
                }
            });
        } catch (SAXParseException e) {
            throw unusable(file, "line " + e.getLineNumber() + ": " + e.getMessage());
        } catch (SAXException | ParserConfigurationException e) {
            throw unusable(file, String.valueOf(e.getMessage()));
        }
    }

    static IOException unusable(Path file, String why) {
        return new IOException("the log configuration " + file + " cannot be used: " + why);
    }

    private static char firstCharacter(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .stripLeading()
                .concat(" ")
                .charAt(0);
    }
}
