package org.x2go.authservice.daemon.config;

import java.io.IOException;
import java.io.PrintStream;
import org.x2go.authservice.pam.Finding;
import org.x2go.authservice.posix.ErrorMessages;

/** Prints the findings of a check of the configuration. */
final class CheckReport {
    /** A check that throws an exception for what is wrong. */
    interface Check {
        void run() throws IOException;
    }

    private final PrintStream out;
    private boolean sound = true;

    CheckReport(PrintStream out) {
        this.out = out;
    }

    /** Whether no problem was found. */
    boolean isSound() {
        return sound;
    }

    void check(Check check) {
        try {
            check.run();
        } catch (IOException e) {
            problem(ErrorMessages.text(e));
        }
    }

    void print(String line) {
        out.println(line);
    }

    void warn(String what) {
        out.println("warning: " + what);
    }

    void add(Finding finding) {
        if (finding.severity() == Finding.Severity.PROBLEM) {
            problem(finding.text());
        } else {
            warn(finding.text());
        }
    }

    /** Reports a problem: the service would not start, could give no verdict, or would ignore a setting. */
    void problem(String what) {
        sound = false;
        out.println("problem: " + what);
    }
}
