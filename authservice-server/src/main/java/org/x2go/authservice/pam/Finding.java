package org.x2go.authservice.pam;

import java.nio.file.Path;

/**
 * A problem or warning about a service's files, for the administrator.
 *
 * @param severity its effect on logins
 * @param text the message: file, line, what is wrong and what to do
 */
public record Finding(Severity severity, String text) {
    /** The effect on logins. */
    public enum Severity {
        /** Logins work, but the administrator should check it. */
        WARNING,
        /** Logins get no verdict, or are always refused. */
        PROBLEM
    }

    static Finding warning(String text) {
        return new Finding(Severity.WARNING, text);
    }

    static Finding problem(String text) {
        return new Finding(Severity.PROBLEM, text);
    }

    /** A finding about a line of a file; a problem if logins use that line. */
    static Finding at(Path file, int line, boolean usedByLogins, String text) {
        return new Finding(usedByLogins ? Severity.PROBLEM : Severity.WARNING, file + ", line " + line + ": " + text);
    }

    boolean isProblem() {
        return severity == Severity.PROBLEM;
    }
}
