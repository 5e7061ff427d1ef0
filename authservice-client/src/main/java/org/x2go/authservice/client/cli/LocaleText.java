package org.x2go.authservice.client.cli;

import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Text that the JVM has decoded as the locale says. Bytes that are no text there, as everything beyond ASCII in the locale C, it
 * replaces: another name would be asked for, or another password.
 */
final class LocaleText {
    private static final char REPLACEMENT = '\uFFFD';

    private LocaleText() {}

    /**
     * Checks what the command is told.
     *
     * @throws IllegalArgumentException if some of it could not be decoded
     */
    static void requireArguments(String[] args, Map<String, String> environment) {
        Stream<String> variables = environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("X2GOBROKER_AUTHSERVICE_"))
                .map(Map.Entry::getValue);
        Stream.concat(Arrays.stream(args), variables).forEach(each -> require("An argument", CharBuffer.wrap(each)));
    }

    /**
     * Checks one text, which the message does not hold.
     *
     * @throws IllegalArgumentException if it could not be decoded
     */
    static void require(String what, CharBuffer text) {
        if (text.chars().anyMatch(c -> c == REPLACEMENT)) {
            throw new IllegalArgumentException(what + " is no text in this locale (" + locale(System.getenv())
                    + "), so nothing was asked: use one with UTF-8, as by LC_ALL=C.UTF-8");
        }
    }

    /** The variable that decides, in the order of locale(7). */
    private static String locale(Map<String, String> environment) {
        return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .filter(name ->
                        !Objects.requireNonNullElse(environment.get(name), "").isEmpty())
                .findFirst()
                .map(name -> name + "=" + environment.get(name))
                .orElse("POSIX, since LC_ALL, LC_CTYPE and LANG are not set");
    }
}
