package org.x2go.authservice.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.AssertionFailedError;
import org.x2go.authservice.testsupport.DebianProgram;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;

/** The service that ours takes the place of, as Debian packages it. It looks for PAM services in /etc/pam.d only. */
final class PythonServer implements AutoCloseable {
    private final Path socket;
    private final Process process;

    private PythonServer(Path socket, Process process) {
        this.socket = socket;
        this.process = process;
    }

    /** Starts it, with its files in a directory of its own: it changes owner and mode of the one that its socket is in. */
    static PythonServer start(Path directory) throws Exception {
        Requirements.root();
        String file = DebianProgram.file("/usr/sbin/x2gobroker-authservice", "x2gobroker-authservice");
        Path socket = Files.createDirectories(directory.resolve("run")).resolve("socket");
        DebianProgram program = DebianProgram.in(directory);
        PythonServer server = new PythonServer(socket, program.start(file, "-i", "-s", socket.toString()));
        try {
            Program.await("the Python server answers", () -> !server.process.isAlive() || Program.answers(socket));
            if (!server.process.isAlive()) {
                throw new AssertionFailedError("The Python server does not start: " + program.errors());
            }
            return server;
        } catch (Exception | AssertionError e) {
            server.close();
            throw e;
        }
    }

    Path socket() {
        return socket;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
