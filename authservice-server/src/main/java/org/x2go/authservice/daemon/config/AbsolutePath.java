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
            throw new TypeConversionException("the path has two lines; in " + SettingsReader.DEFAULTS_CONF_PATH
                    + " a line that is indented belongs to the one before");
        }
        return Path.of(text).toAbsolutePath();
    }
}
