package org.x2go.authservice.daemon.config;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts paths. */
final class AbsolutePath implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the path is empty");
        }
        if (text.indexOf('\n') >= 0) {
            throw new TypeConversionException("the path contains a line break; in " + SettingsReader.DEFAULTS_CONF_PATH
                    + " an indented line continues the one before");
        }
        return Path.of(text).toAbsolutePath();
    }
}
