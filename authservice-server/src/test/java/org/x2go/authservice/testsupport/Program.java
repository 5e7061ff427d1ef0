package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs the packaged program as an admin does, with its files in one directory. */
public final class Program {
    /** Far longer than any run; only a hung program reaches it. */
    private static final long TIMEOUT_SECONDS = 60;

    private final Path directory;
    private final Map<String, String> environment;
    private final List<String> launcher;
    private final List<String> javaOptions;

    public Program(Path directory, Map<String, String> environment) {
        this(directory, environment, List.of());
    }

    /** The launcher is a command that starts the one that its arguments name, as prlimit(1) does. */
    public Program(Path directory, Map<String, String> environment, List<String> launcher) {
        this(directory, environment, launcher, List.of());
    }

    Program(Path directory, Map<String, String> environment, List<String> launcher, List<String> javaOptions) {
        this.directory = directory;
        this.environment = environment;
        this.launcher = launcher;
        this.javaOptions = javaOptions;
    }

    /** One whose JVM is started with these options. */
    public static Program on(List<String> javaOptions, Path directory) {
        return new Program(directory, Map.of(), List.of(), javaOptions);
    }

    /** The result of a run. */
    public record Result(int status, String out, String err) {}

    /** Starts it; its output goes to the files "out" and "err" in the directory. */
    public Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.add("-jar");
        command.add(Objects.requireNonNull(System.getProperty("authservice.server.jar"), "run by failsafe"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("X2GOBROKER_") || name.startsWith("JAVA_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs it to its end. */
    public Result run(String... args) throws IOException, InterruptedException {
        int status = end(start(args));
        return new Result(status, read("out"), read("err"));
    }

    public String read(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    /** Waits for a process's end, and returns its exit status. */
    public static int end(Process process) throws InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it hangs: " + process.info());
        }
        return process.exitValue();
    }

    /** Waits until a condition holds. */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("this did not come about: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Whether a service answers on a socket. */
    public static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends a request and reads until the end of the line. */
    public static String ask(Path socket, String user, String password, String service) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            String request = user + "\r" + password + "\r" + service + "\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            ByteBuffer reply = ByteBuffer.allocate(64);
            while (channel.read(reply) >= 0 && reply.get(reply.position() - 1) != '\n') {
                // The reply may come in pieces.
            }
            return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8);
        }
    }
}
