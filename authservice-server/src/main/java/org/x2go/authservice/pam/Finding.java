package org.x2go.authservice.pam;

import java.nio.file.Path;

/**
 * Something about a service's files that an admin should know.
 *
 * @param severity what it means for logins
 * @param text what and where it is, and what to do
 */
public record Finding(Severity severity, String text) {
    /** What a finding means for logins. */
    public enum Severity {
        /** Worth a look. */
        WARNING,
        /** Logins get no verdict, or none but a refusal. */
        PROBLEM
    }

    static Finding warning(String text) {
        return new Finding(Severity.WARNING, text);
    }

    static Finding problem(String text) {
        return new Finding(Severity.PROBLEM, text);
    }

    /** About a line of a file; a problem if logins go by that line. */
    static Finding at(Path file, int line, boolean counts, String text) {
        return new Finding(counts ? Severity.PROBLEM : Severity.WARNING, file + ", line " + line + ": " + text);
    }

    boolean isProblem() {
        return severity == Severity.PROBLEM;
    }
}
