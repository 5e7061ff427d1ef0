package org.x2go.authservice.client.cli.load;

/** What came of one request. */
public enum Outcome {
    /** The password was accepted. */
    OK("ok"),
    /** It was refused. */
    FAIL("fail"),
    /** The service took the request for malformed. */
    BAD("bad"),
    /** The service came to no verdict. */
    ERROR("error"),
    /** The answer is none of the protocol. */
    NOT_AN_ANSWER("not an answer"),
    /** The connection was closed or broke before an answer. */
    NO_ANSWER("no answer");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    /** What reports call it. */
    public String label() {
        return label;
    }

    /** Whether the service answered as its protocol says, so that the connection can be used again. */
    boolean isAnswer() {
        return this != NOT_AN_ANSWER && this != NO_ANSWER;
    }
}
