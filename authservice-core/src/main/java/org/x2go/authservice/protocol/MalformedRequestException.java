package org.x2go.authservice.protocol;

import java.io.Serial;

/**
 * Thrown for a line that is not a request. The message is one of a few fixed texts and holds nothing of the line, which may have
 * a password in it. There is no stack trace, because peers decide how often it is thrown.
 */
public final class MalformedRequestException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The rule that was broken. */
    public enum Reason {
        /** No newline came within the longest request that is accepted. */
        TOO_LONG("the line is longer than the limit"),

        /** There are more or fewer than two separators. */
        NOT_THREE_FIELDS("there are not exactly three fields"),

        /** A newline came before the end of the line. */
        NOT_ONE_LINE("there is a newline within the line"),

        /** A NUL, which would end a C string early. */
        NUL("there is a NUL byte"),

        /** Nothing comes before the first separator. */
        EMPTY_USER("the user is empty"),

        /** Nothing comes after the second separator. */
        EMPTY_SERVICE("the service is empty"),

        /** A name has bytes that are not text. */
        NOT_UTF8("the user or the service is not UTF-8"),

        /** The peer closed the connection, or stopped sending, in the middle of a line. */
        CUT_OFF("the line was not ended");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** Returns the reason for a log, as a sentence without a full stop. */
        public String text() {
            return text;
        }
    }

    private final Reason reason;

    /** Creates an exception for a broken rule. */
    public MalformedRequestException(Reason reason) {
        super(reason.text(), null, false, false);
        this.reason = reason;
    }

    /** Returns the rule that was broken. */
    public Reason reason() {
        return reason;
    }
}
