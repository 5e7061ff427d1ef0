package org.x2go.authservice.server;

import java.io.IOException;
import java.util.List;
import org.x2go.authservice.testsupport.LauncherOptions;

/** The JVM options for the packaged service, since each compiler uses registers differently. */
enum Jvm {
    /** As by <code>java -jar</code>: both compilers, and the collector that suits the machine. */
    PLAIN,
    /**
     * The same, but the JVM writes the registers to the thread's stack at most calls of a method, since each call is reported
     * to the compiler; otherwise it does so now and then.
     */
    SPILLING,
    /** As by the installed launcher, with the options in dist/libexec/server.args. */
    INSTALLED,
    /** As installed, and with PAM in processes of its own. */
    INSTALLED_ISOLATED;

    private static final List<String> REPORT_EACH_CALL = List.of(
            "-XX:Tier3InvokeNotifyFreqLog=0",
            "-XX:Tier3InvocationThreshold=5",
            "-XX:Tier3MinInvocationThreshold=1",
            "-XX:Tier3CompileThreshold=5",
            "-XX:Tier4InvocationThreshold=1000000",
            "-XX:Tier4CompileThreshold=1000000");

    /** The JVM's options. */
    List<String> options() throws IOException {
        return switch (this) {
            case PLAIN -> List.of();
            case SPILLING -> REPORT_EACH_CALL;
            case INSTALLED, INSTALLED_ISOLATED -> LauncherOptions.read();
        };
    }

    /** The value of the service's option --isolation. */
    String isolation() {
        return this == INSTALLED_ISOLATED ? "process" : "thread";
    }
}
