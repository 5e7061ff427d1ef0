package org.x2go.authservice.server;

import java.util.Locale;
import org.x2go.authservice.protocol.RequestFormat;

/**
 * A limit of an {@link AuthServer}: on every resource that peers can use up, and on every wait. The program's options,
 * settings and their documentation are generated from these constants.
 */
public enum Limit {
    /** How many PAM calls may run at a time. */
    WORKERS(
            Unit.COUNT,
            // Enough that a few slow logins do not delay others, and few enough that hashing fits into memory.
            Math.max(8, 2 * Runtime.getRuntime().availableProcessors()),
            1,
            1024,
            "How many PAM calls may run at once",
            "two per processor, at least 8"),
    /** How many attempts for one user name, from clients of one local user, may run or wait out the delay after a failure. */
    MAX_ATTEMPTS_PER_USER(
            Unit.COUNT,
            5,
            0,
            1000,
            "How many attempts for one user name, from clients of one local user, may run or wait out the delay after"
                    + " a failure; further ones wait up to 10 s; 0 for no limit"),
    /** The longest delay of the reply to a failure. */
    MAX_FAIL_DELAY(
            Unit.SECONDS,
            10,
            0,
            300,
            "The longest delay of the reply to a failure, even if a PAM module asks for a longer one"),
    /** How long a request may wait for its verdict; then it is answered {@code error}. */
    REQUEST_TIMEOUT(
            Unit.SECONDS,
            60,
            1,
            3600,
            "How long a request may wait for its verdict; after that the reply is \"error\""),
    /** How many requests may wait for a PAM thread or worker. */
    MAX_QUEUED_REQUESTS(Unit.COUNT, 10_000, 1, 1_000_000, "How many requests may wait for a PAM thread or worker"),
    /** How many connections may be open. */
    MAX_CONNECTIONS(
            Unit.COUNT,
            16_384,
            1,
            1_000_000,
            "How many connections may be open; reduced if too few file descriptors would remain for PAM"),
    /** The longest request, including its newline. */
    MAX_REQUEST_BYTES(
            Unit.BYTES,
            RequestFormat.DEFAULT_MAX_REQUEST_BYTES,
            64,
            1 << 20,
            "The longest request, its newline included"),
    /** How much memory all clients together may use. */
    MAX_UNREAD_BYTES(
            Unit.BYTES,
            24 << 20,
            1 << 20,
            1 << 30,
            "How much memory all clients together may use: for bytes that were not processed yet, and for requests"
                    + " without a reply"),
    /** How long a client may take to complete a request, or to read a reply. */
    SEND_TIMEOUT(
            Unit.SECONDS,
            10,
            1,
            3600,
            "How long a peer may take to finish a request that it has begun, or to read a reply"),
    /** How long a connection may be idle between requests. */
    IDLE_TIMEOUT(Unit.SECONDS, 0, 0, 86_400, "How long a connection may be idle between requests; 0 for no limit"),
    /** How long {@link AuthServer#close} waits for requests in flight. */
    SHUTDOWN_TIMEOUT(Unit.SECONDS, 10, 0, 3600, "How long a stop waits for requests in flight");

    /** The unit of a limit's value. */
    public enum Unit {
        /** A number of things. */
        COUNT,
        /** Bytes. */
        BYTES,
        /** Seconds. */
        SECONDS
    }

    private final Unit unit;
    private final int defaultValue;
    private final int least;
    private final int most;
    private final String description;
    private final String defaultText;

    Limit(Unit unit, int defaultValue, int least, int most, String description) {
        this(unit, defaultValue, least, most, description, Integer.toString(defaultValue));
    }

    Limit(Unit unit, int defaultValue, int least, int most, String description, String defaultText) {
        this.unit = unit;
        this.defaultValue = defaultValue;
        this.least = least;
        this.most = most;
        this.description = description;
        this.defaultText = defaultText;
    }

    /** The name of the option, in lower case with hyphens, without the leading {@code --}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The unit of the value. */
    public Unit unit() {
        return unit;
    }

    /** The default value. */
    public int defaultValue() {
        return defaultValue;
    }

    /** The default as text, the same on every machine. */
    public String defaultText() {
        return defaultText;
    }

    /** The lowest valid value. */
    public int least() {
        return least;
    }

    /** The highest valid value. */
    public int most() {
        return most;
    }

    /** What the limit is for, as text for the help. */
    public String description() {
        return description;
    }

    /**
     * Returns the value, if it is in the limit's range.
     *
     * @param value a value in the limit's unit
     * @throws IllegalArgumentException if it is not; the message names the limit and its range
     */
    public int check(int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(optionName() + " must be " + withUnit(least) + " to " + withUnit(most)
                    + ", not " + withUnit(value));
        }
        return value;
    }

    /** Throws if a program uses a time as a number, or a number as a time. */
    void requireTime(boolean time) {
        if (time != (unit == Unit.SECONDS)) {
            throw new IllegalArgumentException(optionName() + (time ? " is a number" : " is a time"));
        }
    }

    private String withUnit(int value) {
        return switch (unit) {
            case COUNT -> Integer.toString(value);
            case BYTES -> value + " bytes";
            case SECONDS -> value + " s";
        };
    }
}
