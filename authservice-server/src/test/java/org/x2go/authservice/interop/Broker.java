package org.x2go.authservice.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.opentest4j.AssertionFailedError;
import org.x2go.authservice.testsupport.DebianProgram;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;

/**
 * Debian's session broker, unmodified, with files of its own. It runs as its own user, as it does when installed: as root
 * it would hide a service that does not answer, because it then asks PAM itself, and as root gets an answer.
 */
final class Broker implements AutoCloseable {
    static final String USER = "x2gobroker";

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final DebianProgram program;
    private final Process process;
    private final int port;

    private Broker(DebianProgram program, Process process, int port) {
        this.program = program;
        this.process = process;
        this.port = port;
    }

    /** Its programs, asking the service on this socket, with their files in a directory that is made for them. */
    static DebianProgram programs(Path directory, Path socket) throws Exception {
        Requirements.root();
        Requirements.require(uid() >= 0, "the user " + USER + ", from Debian's package x2gobroker");
        Files.createDirectory(directory);
        Files.createDirectory(directory.resolve("cookies"));
        Files.setPosixFilePermissions(directory.resolve("cookies"), PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(configuration(directory), """
                [global]
                require-password = true
                require-cookie = false
                cookie-directory = %s
                [broker_zeroconf]
                enable = true
                auth-mech = pam
                """.formatted(directory.resolve("cookies")));
        return DebianProgram.in(directory)
                .as(USER)
                .with("X2GOBROKER_AUTHSERVICE_SOCKET", socket.toString())
                // The broker never learns the name of its own user, and calls it this: only if this also is the name
                // that
                // it is told, it keeps its cookies in the directory of its configuration, and not in that user's home.
                .with("X2GOBROKER_DAEMON_USER", "<some-user>");
    }

    static Path configuration(Path directory) {
        return directory.resolve("x2gobroker.conf");
    }

    /** The number of the broker's user, -1 if there is none. */
    static int uid() throws IOException {
        return Files.readAllLines(Path.of("/etc/passwd")).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields[0].equals(USER))
                .mapToInt(fields -> Integer.parseInt(fields[2]))
                .findFirst()
                .orElse(-1);
    }

    /** Starts it as an HTTP service, and returns when it answers. */
    static Broker start(Path directory, Path socket) throws Exception {
        DebianProgram program = programs(directory, socket);
        int port = freePort();
        Process process = program.start(
                DebianProgram.file("/usr/bin/x2gobroker", "x2gobroker"),
                "-M",
                "HTTP",
                "-C",
                configuration(directory).toString(),
                "-b",
                "127.0.0.1:" + port,
                "-d",
                "-i");
        Broker broker = new Broker(program, process, port);
        try {
            Program.await("the broker answers", () -> !process.isAlive() || answers(port));
            if (!process.isAlive()) {
                throw new AssertionFailedError("The broker does not start: " + broker.log());
            }
            return broker;
        } catch (Exception | AssertionError e) {
            broker.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(LOOPBACK, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Logs in as X2Go Client does, and returns the answer's status and text. */
    HttpResponse<String> login(String user, String password) throws IOException, InterruptedException {
        String form = "user=" + URLEncoder.encode(user, UTF_8) + "&password=" + URLEncoder.encode(password, UTF_8)
                + "&task=listsessions";
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/plain/zeroconf/"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    String log() throws IOException {
        return program.errors();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
