package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.opentest4j.AssertionFailedError;

/** The packaged server as a process of its own, which answers on a socket of its own and logs to stderr. */
public final class ServerProcess implements AutoCloseable {
    private final Path directory;
    private final Path socket;
    private final Process process;

    private ServerProcess(Path directory, Path socket, Process process) {
        this.directory = directory;
        this.socket = socket;
        this.process = process;
    }

    /** Describes a server whose files are in this directory: its output, and the socket unless it is told otherwise. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** What a server is started with. */
    public static final class Builder {
        private final Path directory;
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private List<String> launcher = List.of();
        private List<String> javaOptions = List.of();
        private Path socket;

        private Builder(Path directory) {
            this.directory = directory;
            this.socket = directory.resolve("socket");
        }

        public Builder socket(Path path) {
            this.socket = path;
            return this;
        }

        public Builder args(String... more) {
            args.addAll(List.of(more));
            return this;
        }

        /** A command that runs the server's command line, such as prlimit(1). */
        public Builder launcher(String... command) {
            launcher = List.of(command);
            return this;
        }

        /** Another variable of its environment. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** What its JVM is started with. */
        public Builder javaOptions(String... options) {
            javaOptions = List.of(options);
            return this;
        }

        public Builder allow(Iterable<String> services) {
            services.forEach(service -> args("--allow-service", service));
            return this;
        }

        /** Starts it, and returns when it answers. */
        public ServerProcess start() throws IOException, InterruptedException {
            Files.createDirectories(directory);
            args("-i", "--socket-file", socket.toString());
            Process process =
                    new Program(directory, environment, launcher, javaOptions).start(args.toArray(String[]::new));
            ServerProcess server = new ServerProcess(directory, socket, process);
            try {
                Program.await("the server answers", () -> !process.isAlive() || Program.answers(socket));
                if (!process.isAlive()) {
                    throw new AssertionFailedError("The server does not start: " + server.log());
                }
                return server;
            } catch (InterruptedException | AssertionError e) {
                server.close();
                throw e;
            }
        }
    }

    /** Its process number. */
    public long pid() {
        return process.pid();
    }

    public Path socket() {
        return socket;
    }

    public RawPeer connect() throws IOException {
        return RawPeer.connect(socket);
    }

    /** Asks once, on a connection of its own, and returns the reply without its newline. */
    public String ask(String user, String password, String service) throws IOException {
        return Program.ask(socket, user, password, service).strip();
    }

    /** The lines that it has logged so far. */
    public List<String> log() {
        try {
            return Files.readAllLines(directory.resolve("err"));
        } catch (IOException e) {
            throw new AssertionError("The server's log cannot be read", e);
        }
    }

    /** Waits for a line that holds all these texts; a line may be written a little after the reply that it tells of. */
    public void awaitLog(String... texts) throws InterruptedException {
        Program.await(
                "the log says " + List.of(texts),
                () -> log().stream().anyMatch(line -> List.of(texts).stream().allMatch(line::contains)));
    }

    /** Whether the server still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end, and returns its exit status. */
    public int exitStatus() throws InterruptedException {
        return Program.end(process);
    }

    /** Stops the server with SIGTERM, so that its log is complete. */
    public void stop() throws InterruptedException {
        process.destroy();
        Program.end(process);
    }

    /** Kills the server, without a cleanup. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        Program.end(process);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
