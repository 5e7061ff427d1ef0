package org.x2go.authservice.daemon.config;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The permission bits of a file, written in octal.
 *
 * @param bits the bits
 */
public record FileMode(int bits) {
    /** Converts modes. */
    static final class Converter implements ITypeConverter<FileMode> {
        @Override
        public FileMode convert(String text) {
            if (!text.matches("(0[oO])?0*[0-7]{1,3}")) {
                throw new TypeConversionException("'" + text + "' is not an octal mode such as 0660");
            }
            return new FileMode(Integer.parseInt(text.replaceFirst("^0[oO]", ""), 8));
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%04o", bits);
    }
}
