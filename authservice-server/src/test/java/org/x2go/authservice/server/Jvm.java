package org.x2go.authservice.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** How the packaged service is started: compiled code of either kind treats registers in its own way. */
enum Jvm {
    /** As by <code>java -jar</code>: both compilers, and the collector that suits the machine. */
    PLAIN,
    /** As by the installed launcher, whose options are read from where it has them. */
    INSTALLED,
    /** As installed, and with PAM in processes of its own. */
    INSTALLED_ISOLATED;

    /** The JVM's options. */
    List<String> options() throws IOException, InterruptedException {
        return this == PLAIN ? List.of() : launcherOptions();
    }

    /** The service's. */
    String isolation() {
        return this == INSTALLED_ISOLATED ? "process" : "thread";
    }

    private static List<String> launcherOptions() throws IOException, InterruptedException {
        Path script =
                Path.of(Objects.requireNonNull(System.getProperty("authservice.launcher.options"), "run by failsafe"));
        Process shell = new ProcessBuilder(
                        "sh", "-euc", "me=test home=/nowhere; . \"$0\"; echo $server_options", script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String options = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (shell.waitFor() != 0 || !options.contains("-XX:")) {
            throw new IOException(script + " has no options: " + options);
        }
        return List.of(options.split(" ", -1));
    }
}
