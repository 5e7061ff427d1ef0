package org.x2go.authservice.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;

/**
 * The packaged program behind a socket that systemd-socket-activate(1) has made. It hands its socket to a shell, which keeps
 * it and starts the service anew each time that one ends, as systemd does with a socket unit.
 */
final class ActivatedService implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    /** $$ of the inner shell is the number of the service that takes its place. */
    private static final String HOLDER = """
            while [ ! -e stop ]; do
              sh -c 'LISTEN_PID=$$ exec "$@"' sh "$@" 2>>err
              echo $? >>statuses
            done
            """;

    private final Path directory;
    private final Path socket;
    private final Process holder;

    private ActivatedService(Path directory, Path socket, Process holder) {
        this.directory = directory;
        this.socket = socket;
        this.holder = holder;
    }

    /** Starts what listens; the service itself is started by the first connection. Its log is the file "log". */
    static ActivatedService listen(Path directory, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        return listen(directory, environment, List.of(), args);
    }

    /** The launcher is a command that starts the one that its arguments name, as setpriv(1) does. */
    static ActivatedService listen(
            Path directory, Map<String, String> environment, List<String> launcher, String... args)
            throws IOException, InterruptedException {
        Path socket = directory.resolve("activated");
        List<String> command = new ArrayList<>(
                List.of(Requirements.program("systemd-socket-activate").toString(), "-l", socket.toString()));
        environment.forEach((name, value) -> command.add("--setenv=" + name + "=" + value));
        command.addAll(List.of("sh", "-c", HOLDER, "sh"));
        command.addAll(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
        command.add(Objects.requireNonNull(System.getProperty("authservice.server.jar"), "run by failsafe"));
        command.addAll(List.of("--auth-log", "log"));
        command.addAll(List.of(args));
        Process holder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("holder").toFile())
                .start();
        Program.await("somebody listens", () -> isListenedTo(socket) || !holder.isAlive());
        return new ActivatedService(directory, socket, holder);
    }

    /** By the kernel's list of sockets, proc(5), since a connection would start the service. */
    private static boolean isListenedTo(Path socket) {
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            return sockets.anyMatch(line -> line.endsWith(" " + socket) && line.contains(" 00010000 "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path socket() {
        return socket;
    }

    RawPeer connect() throws IOException {
        return RawPeer.connect(socket);
    }

    /** Waits until a service runs that has not got this number. */
    ProcessHandle running(long not) throws InterruptedException {
        Program.await("a service runs", () -> service(not).isPresent());
        return service(not).orElseThrow();
    }

    private Optional<ProcessHandle> service(long not) {
        return holder.descendants()
                .filter(process -> process.pid() != not && process.isAlive())
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst();
    }

    /** Stops the service as systemd does, and returns its number; the next one is started at once. */
    long restart(long not) throws Exception {
        ProcessHandle service = running(not);
        service.destroy();
        service.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return service.pid();
    }

    /** The exit statuses of the services so far, those that this test program's own end brings about aside. */
    List<String> statuses() throws IOException {
        return Files.readAllLines(directory.resolve("statuses"));
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    String errors() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Override
    public void close() throws IOException {
        Files.writeString(directory.resolve("stop"), "");
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly();
    }
}
