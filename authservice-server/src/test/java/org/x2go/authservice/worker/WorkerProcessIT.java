package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.ServerProcess;

/** Workers as processes: which of them run, what they inherit, and what they load. */
class WorkerProcessIT {
    @TempDir
    private Path directory;

    /** A server with the service "good". */
    private ServerProcess.Builder server() throws IOException {
        Path services = Files.createDirectories(directory.resolve("services"));
        Files.write(services.resolve("good"), List.of("auth required pam_permit.so", "account required pam_permit.so"));
        return ServerProcess.in(directory.resolve("server"))
                .allow(List.of("good"))
                .args("--pam-confdir", services.toString(), "--isolation", "process");
    }

    @Test
    void killedIdleWorkerCostsNoRequest() throws Exception {
        try (ServerProcess server = server().start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
                Set<Long> now = Processes.childrenOf(server.pid());
                now.forEach(worker -> ProcessHandle.of(worker).ifPresent(ProcessHandle::destroyForcibly));
                Program.await("they are gone", () -> now.stream().noneMatch(Processes::exists));
            }
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
        }
    }

    @Test
    void workerIsReplacedAfterItsMaximumRequests() throws Exception {
        try (ServerProcess server = server().args("--worker-max-requests", "10").start()) {
            Set<Long> first = Processes.childrenOf(server.pid());
            for (int i = 0; i < 11; i++) {
                assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            }
            Program.await(
                    "the worker that was asked has gone",
                    () -> !Processes.childrenOf(server.pid()).containsAll(first));
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            assertThat(server.log()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    @Test
    void workerInheritsNoDescriptor() throws Exception {
        try (ServerProcess server = server().start();
                var waiting = server.connect()) {
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            Set<Long> now = Processes.childrenOf(server.pid());
            assertThat(now).isNotEmpty();
            Program.await(
                    "all have started",
                    () -> now.stream()
                            .allMatch(worker -> Processes.descriptorsOf(worker).contains("/dev/null")));
            // Not before: the service has a worker's end of their socket for as long as it starts it.
            List<String> ofTheService = Processes.descriptorsOf(server.pid());
            for (long worker : now) {
                List<String> descriptors = Processes.descriptorsOf(worker);
                assertThat(descriptors).contains("/dev/null");
                assertThat(descriptors.stream().filter(name -> name.startsWith("socket:")))
                        // The worker's channel, and the JDK's own socket, opened with its first file channel.
                        .hasSizeBetween(1, 2)
                        .doesNotContainAnyElementsOf(ofTheService);
                assertThat(descriptors.stream()
                                .filter(name -> !name.startsWith("socket:") && !name.startsWith("pipe:")))
                        // A worker that looks for what a module has left behind reads /proc.
                        .allMatch(name -> name.startsWith("/dev/")
                                || name.startsWith("/proc")
                                || name.endsWith("/lib/modules")
                                || name.endsWith(".jar")
                                || name.contains("/ffi"));
            }
            waiting.shutdownOutput();
        }
    }

    @Test
    void workerArgumentsAndEnvironmentHoldConfigurationOnly() throws Exception {
        try (ServerProcess server = server().start()) {
            assertThat(server.ask("alice", "very-secret", "good")).isEqualTo("ok");
            for (long worker : Processes.childrenOf(server.pid())) {
                Path process = Path.of("/proc", Long.toString(worker));
                assertThat(Files.readString(process.resolve("environ")).split("\0", -1))
                        .containsExactlyInAnyOrder("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "");
                assertThat(Files.readString(process.resolve("cmdline")))
                        .contains("--pam-worker")
                        .doesNotContain("very-secret");
            }
        }
    }

    @Test
    void workerLoadsNoLibraryOfTheService() throws Exception {
        Path classes = directory.resolve("classes");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process worker = new ProcessBuilder(
                        java,
                        "-Xlog:class+load:file=" + classes,
                        "-jar",
                        System.getProperty("authservice.server.jar"),
                        "--pam-worker",
                        "--debug")
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(worker.getInputStream().readAllBytes()).isNotEmpty();
        Program.end(worker);
        assertThat(Files.readString(classes))
                .contains("org.x2go.authservice.pam.PamAuthenticator")
                .doesNotContain("io.netty")
                .doesNotContain("picocli.")
                .doesNotContain("org.apache.logging");
    }
}
