package org.x2go.authservice.server;

import java.io.IOException;
import java.util.List;
import org.x2go.authservice.testsupport.LauncherOptions;

/** The JVM options for the packaged service, since each compiler uses registers differently. */
enum Jvm {
    /** As by <code>java -jar</code>: both compilers, and the collector that suits the machine. */
    PLAIN,
    /** As by the installed launcher, whose options are read from where it has them. */
    INSTALLED,
    /** As installed, and with PAM in processes of its own. */
    INSTALLED_ISOLATED;

    /** The JVM's options. */
    List<String> options() throws IOException {
        return this == PLAIN ? List.of() : LauncherOptions.read();
    }

    /** The service's. */
    String isolation() {
        return this == INSTALLED_ISOLATED ? "process" : "thread";
    }
}
