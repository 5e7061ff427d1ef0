package org.x2go.authservice.text;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Checks that the JVM could decode a text in the locale. It replaces bytes that it cannot decode, such as everything beyond ASCII
 * in the locale C, and the text would be another name, path or password.
 */
public final class LocaleText {
    /** The prefix of the variables that the service and its clients read. */
    private static final String OURS = "X2GOBROKER_";

    private static final char REPLACEMENT = '\uFFFD';

    private LocaleText() {}

    /**
     * Checks what a program is started with: its arguments, and the variables that are meant for it.
     *
     * @throws IllegalArgumentException if one of them could not be decoded
     */
    public static void requireDecoded(List<String> arguments, Map<String, String> environment) {
        arguments.forEach(argument -> requireDecoded("An argument", argument));
        environment.forEach((name, value) -> {
            if (name.startsWith(OURS)) {
                requireDecoded("The value of " + name, value);
            }
        });
    }

    /**
     * Checks one text, which the message does not hold.
     *
     * @param what what it is, for the message
     * @throws IllegalArgumentException if it could not be decoded
     */
    public static void requireDecoded(String what, CharSequence text) {
        if (text.chars().anyMatch(c -> c == REPLACEMENT)) {
            throw new IllegalArgumentException(what + " is not text in this locale (" + locale(System.getenv())
                    + "): use a UTF-8 locale, such as LC_ALL=C.UTF-8");
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
