package org.x2go.authservice.client.cli.load;

/** How a request ended. The first four have the names of verdicts. */
public enum Outcome {
    /** The password was accepted. */
    OK("ok"),
    /** It was refused. */
    FAIL("fail"),
    /** The service found the request malformed. */
    BAD("bad"),
    /** The service reached no verdict. */
    ERROR("error"),
    /** What came is not an answer of the protocol. */
    NOT_AN_ANSWER("not an answer"),
    /** The connection was closed or broken before an answer. */
    NO_ANSWER("no answer");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /** The name in reports. */
    public String label() {
        return label;
    }

    /** Whether the service answered as its protocol says, so that the connection can be used again. */
    boolean isAnswer() {
        return this != NOT_AN_ANSWER && this != NO_ANSWER;
    }
}
