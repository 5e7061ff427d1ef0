package org.x2go.authservice.chaos;

import java.util.Random;
import java.util.Set;

/**
 * A line to send, one char for each byte and its newline included, and the words that may answer it.
 *
 * <p>Under this load every request may reach its deadline, so {@code error} is a valid answer whenever it depends on
 * an authenticator.
 */
record ChaosRequest(String line, Set<String> answers) {
    /** Generates requests. Thread-safe. */
    @FunctionalInterface
    interface Source {
        ChaosRequest next(Random random);
    }

    /** A request whose answer is {@code ok}. */
    static ChaosRequest right(String user, String password, String service) {
        return new ChaosRequest(line(user, password, service), Set.of("ok", "error"));
    }

    /** A request whose answer is {@code fail}. */
    static ChaosRequest wrong(String user, String password, String service) {
        return new ChaosRequest(line(user, password, service), Set.of("fail", "error"));
    }

    /** A request whose answer is {@code error}. */
    static ChaosRequest unanswerable(String user, String password, String service) {
        return new ChaosRequest(line(user, password, service), Set.of("error"));
    }

    /**
     * A request that does not reach the authenticator, so that its answer is certain and shows whether answers are in
     * order.
     */
    static ChaosRequest withCertainAnswer(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new ChaosRequest("no request\n", Set.of("bad"));
            case 1 -> new ChaosRequest("\r\r\r\n", Set.of("bad"));
            case 2 -> new ChaosRequest("x".repeat(5000) + "\n", Set.of("bad"));
            default -> new ChaosRequest(line("root", "right", "su"), Set.of("fail"));
        };
    }

    private static String line(String user, String password, String service) {
        return user + "\r" + password + "\r" + service + "\n";
    }
}
