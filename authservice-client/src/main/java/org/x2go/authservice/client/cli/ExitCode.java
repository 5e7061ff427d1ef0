package org.x2go.authservice.client.cli;

import picocli.CommandLine;

/** The exit codes, for scripts. */
final class ExitCode {
    /** The service accepted the password. */
    static final int OK = CommandLine.ExitCode.OK;

    /** The service refused; for a measurement, every right password. */
    static final int FAIL = 1;

    /** Wrong usage; the service was not asked. */
    static final int USAGE = CommandLine.ExitCode.USAGE;

    /** There is no verdict. */
    static final int NO_VERDICT = 3;

    private ExitCode() {}
}
