package org.x2go.authservice.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;

/** The packaged service as a process of its own, that says all it can in its log, with PAM service files of its own. */
final class ServiceProcess implements AutoCloseable {
    private static final List<String> OUTPUT = List.of("log", "out", "err");

    private final Path directory;
    private final Process process;

    private ServiceProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Writes a service's file, for {@link #start}. */
    static void writePamService(Path directory, String name, String... lines) throws IOException {
        Files.write(Files.createDirectories(directory.resolve("pam.d")).resolve(name), List.of(lines));
    }

    /** Starts it, with all the services that there are files of, and returns when it answers. */
    static ServiceProcess start(Path directory, List<String> javaOptions, String... more)
            throws IOException, InterruptedException {
        Path confdir = directory.resolve("pam.d");
        Path socket = directory.resolve("socket");
        List<String> arguments = new ArrayList<>(List.of("-d", "-s", socket.toString()));
        arguments.addAll(List.of("--auth-log", directory.resolve("log").toString()));
        arguments.addAll(List.of("--pam-confdir", confdir.toString()));
        try (var services = Files.list(confdir)) {
            services.forEach(service -> arguments.addAll(
                    List.of("--allow-service", service.getFileName().toString())));
        }
        arguments.addAll(List.of(more));
        Process process = Program.on(javaOptions, directory).start(arguments.toArray(String[]::new));
        Program.await("the service answers", () -> !process.isAlive() || Program.answers(socket));
        if (!process.isAlive()) {
            throw new IOException("it says: " + Files.readString(directory.resolve("err")));
        }
        return new ServiceProcess(directory, process);
    }

    RawPeer connect() throws IOException {
        return RawPeer.connect(directory.resolve("socket"));
    }

    /** Asks once, on a connection of its own. */
    String ask(String user, String password, String service) throws IOException {
        try (RawPeer peer = connect()) {
            return peer.send(request(user, password, service)).reply();
        }
    }

    static String request(String user, String password, String service) {
        return user + "\r" + password + "\r" + service + "\n";
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** The files that its log and its output went to. */
    List<Path> output() {
        return OUTPUT.stream().map(directory::resolve).toList();
    }

    /** Stops it, which also writes the rest of its log. */
    @Override
    public void close() {
        process.destroy();
        try {
            Program.end(process);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
