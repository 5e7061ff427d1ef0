package org.x2go.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls on virtual threads, in a JDK that has them: the one of this test, or one that is installed beside it. */
@Timeout(120)
class VirtualThreadIT {
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    @TempDir
    private Path directory;

    /** Calls a service whose backlog is full: until a timeout, until an interrupt, and until the service has room. */
    private static final String PROGRAM = """
            import java.io.InterruptedIOException;
            import java.net.*;
            import java.nio.ByteBuffer;
            import java.nio.channels.*;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import org.x2go.authservice.client.*;

            class Program {
                public static void main(String[] args) throws Exception {
                    var address = UnixDomainSocketAddress.of(args[0]);
                    var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address, 1);
                    var full = new ArrayList<SocketChannel>();
                    try {
                        while (true) {
                            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                            full.add(channel);
                            channel.configureBlocking(false);
                            channel.connect(address);
                        }
                    } catch (SocketException e) {
                        // the backlog is full
                    }
                    call(address.getPath(), Duration.ofMillis(300)).join();

                    Thread interrupted = call(address.getPath(), Duration.ofSeconds(60));
                    awaitConnecting(true);
                    interrupted.interrupt();
                    interrupted.join();
                    awaitConnecting(false);

                    Thread waiting = call(address.getPath(), Duration.ofSeconds(60));
                    awaitConnecting(true);
                    Thread.ofPlatform().daemon().start(() -> {
                        while (true) {
                            try (var peer = listener.accept()) {
                                if (peer.read(ByteBuffer.allocate(100)) > 0) {
                                    peer.write(ByteBuffer.wrap("ok\\n".getBytes()));
                                }
                            } catch (Exception e) {
                                return;
                            }
                        }
                    });
                    for (var channel : full) {
                        channel.close();
                    }
                    waiting.join();
                }

                static Thread call(Path socket, Duration timeout) {
                    return Thread.ofVirtual().start(() -> {
                        try (var client = AuthClient.builder().socket(socket).timeout(timeout).build()) {
                            System.out.println(client.authenticate("alice", "secret"));
                        } catch (AuthServiceException e) {
                            System.out.println(e.kind());
                        } catch (InterruptedIOException e) {
                            System.out.println("interrupted " + Thread.currentThread().isInterrupted());
                        }
                    });
                }

                static void awaitConnecting(boolean wanted) throws InterruptedException {
                    while (wanted != Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(thread -> thread.getName().equals("authservice-client-connect"))) {
                        Thread.sleep(1);
                    }
                }
            }
            """;

    @Test
    void virtualThreadWaitsForAFullBacklog() throws Exception {
        Optional<Path> java = newerJava();
        Prerequisite.require(java.isPresent(), "a JDK 21 or newer: the one that runs it, or one in the same directory");
        Path program = Files.writeString(directory.resolve("Program.java"), PROGRAM);
        Path out = directory.resolve("out");
        String jars = System.getProperty("authservice.core.jar")
                + File.pathSeparator
                + System.getProperty("authservice.client.jar");
        Process process = new ProcessBuilder(
                        java.get().toString(), "-cp", jars, program.toString(), directory + "/full.socket")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        process.waitFor();
        assertThat(Files.readAllLines(out)).isEqualTo(List.of("TIMEOUT", "interrupted true", "true"));
    }

    private static Optional<Path> newerJava() throws IOException {
        Path own = Path.of(System.getProperty("java.home"));
        try (Stream<Path> installed = Files.list(own.resolveSibling(""))) {
            return Stream.concat(Stream.of(own), installed)
                    .filter(home -> version(home.resolve("release")) >= FIRST_WITH_VIRTUAL_THREADS)
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private static int version(Path release) {
        try {
            return VERSION.matcher(Files.readString(release))
                    .results()
                    .map((MatchResult found) -> Integer.valueOf(found.group(1)))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
