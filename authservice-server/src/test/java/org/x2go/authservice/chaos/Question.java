package org.x2go.authservice.chaos;

import java.util.Random;
import java.util.Set;

/**
 * A line to send, one char for each byte and its newline included, and the words that may answer it.
 *
 * <p>With so much going on at once every request may meet its deadline: where the answer depends on an authenticator,
 * {@code error} is never wrong.
 */
record Question(String line, Set<String> answers) {
    /** Makes up questions. Thread-safe. */
    @FunctionalInterface
    interface Source {
        Question next(Random random);
    }

    /** Whose answer is yes. */
    static Question right(String user, String password, String service) {
        return new Question(line(user, password, service), Set.of("ok", "error"));
    }

    /** Whose answer is no. */
    static Question wrong(String user, String password, String service) {
        return new Question(line(user, password, service), Set.of("fail", "error"));
    }

    /** That nobody can answer. */
    static Question hopeless(String user, String password, String service) {
        return new Question(line(user, password, service), Set.of("error"));
    }

    /** That no authenticator is asked, so that its answer is certain: it shows whether the answers are in order. */
    static Question marker(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Question("no request\n", Set.of("bad"));
            case 1 -> new Question("\r\r\r\n", Set.of("bad"));
            case 2 -> new Question("x".repeat(5000) + "\n", Set.of("bad"));
            default -> new Question(line("root", "right", "su"), Set.of("fail"));
        };
    }

    private static String line(String user, String password, String service) {
        return user + "\r" + password + "\r" + service + "\n";
    }
}
