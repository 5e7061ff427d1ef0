package org.x2go.authservice.daemon.config;

import java.util.function.IntUnaryOperator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts whole numbers. */
final class WholeNumber implements ITypeConverter<Integer> {
    private final IntUnaryOperator check;

    /** @param check returns a number that is in range, and throws what is wrong with others */
    WholeNumber(IntUnaryOperator check) {
        this.check = check;
    }

    @Override
    public Integer convert(String text) {
        try {
            return check.applyAsInt(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("--" + e.getMessage());
        }
    }
}
