package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;
import org.x2go.authservice.testsupport.TestScope;

/**
 * An unprivileged service whose workers run as root and are started by another program for each connection, as by
 * systemd with the units in dist/systemd.
 */
class WorkerSocketIT {
    private static final String NOBODY = "65534";

    @TempDir
    static Path moduleDirectory;

    private static Path module = Path.of("");
    private static Path stuck = Path.of("");

    @TempDir
    Path directory;

    private Process starter;

    @BeforeAll
    static void compile() throws Exception {
        module = ProbeModule.compileHavocIn(moduleDirectory);
        stuck = ProbeModule.compileStuckIn(moduleDirectory);
    }

    private Path workerSocket() {
        return directory.resolve("workers");
    }

    private Path socket() {
        return directory.resolve("nobodys").resolve("socket");
    }

    /** A service that accepts only when PAM is called as root, as in its workers. */
    private Path asRoot() throws IOException {
        Path script = Files.write(directory.resolve("root.sh"), List.of("#!/bin/sh", "[ \"$(id -u)\" = 0 ]"));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void writePamService(String name, String auth) throws IOException {
        Files.write(directory.resolve("services").resolve(name), List.of(auth, "account required pam_permit.so"));
    }

    @BeforeEach
    void startTheStarter() throws Exception {
        Requirements.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(directory.resolve("services"));
        Files.createDirectories(socket().getParent());
        Files.setAttribute(socket().getParent(), "unix:uid", Integer.valueOf(NOBODY));
        writePamService("root", "auth required pam_exec.so quiet " + asRoot());
        writePamService("no", "auth required pam_deny.so");
        writePamService("hang", "auth required " + module + " hang");
        writePamService("stuck", "auth required " + stuck);
        writePamService("segv", "auth required " + module + " segv");
        writePamService("forbidden", "auth required pam_permit.so");
        starter = new ProcessBuilder(
                        Requirements.program("systemd-socket-activate").toString(),
                        "--accept",
                        "--inetd",
                        "--listen",
                        workerSocket().toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-jar",
                        System.getProperty("authservice.server.jar"),
                        "--pam-worker",
                        "--pam-confdir",
                        directory.resolve("services").toString(),
                        "--allow-service",
                        "root",
                        "--allow-service",
                        "no",
                        "--allow-service",
                        "hang",
                        "--allow-service",
                        "stuck",
                        "--allow-service",
                        "segv")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("starter.out").toFile())
                .start();
        Program.await("workers can be asked for", () -> Files.exists(workerSocket()));
        Files.setAttribute(workerSocket(), "unix:uid", Integer.valueOf(NOBODY));
        Files.setPosixFilePermissions(workerSocket(), PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void stopTheStarter() {
        starter.destroyForcibly();
    }

    private ServerProcess startServer() throws Exception {
        return ServerProcess.in(directory.resolve("server"))
                .socket(socket())
                .launcher(
                        Requirements.program("setpriv").toString(),
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "--bounding-set=-all",
                        "--no-new-privs")
                .allow(List.of("root", "no", "hang", "stuck", "segv", "forbidden"))
                .args(
                        "--isolation",
                        "process",
                        "--worker-socket",
                        workerSocket().toString())
                .args("--request-timeout", "10")
                .start();
    }

    /** Those that run, but not what the starter has not collected yet. */
    private Set<Long> workers() {
        List<Long> running = new ArrayList<>();
        for (long child : Processes.childrenOf(starter.pid())) {
            if (Processes.residentBytes(child) > 0) {
                running.add(child);
            }
        }
        return Set.copyOf(running);
    }

    @Test
    void unprivilegedServiceUsesWorkersOfRoot() throws Exception {
        try (ServerProcess server = startServer()) {
            assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/status")))
                    .containsPattern("Uid:\\s65534\\s65534\\s65534\\s65534")
                    .containsPattern("CapBnd:\\s0000000000000000");
            assertThat(server.ask("alice", "secret", "root")).isEqualTo("ok");
            assertThat(server.ask("alice", "secret", "no")).isEqualTo("fail");
            assertThat(Processes.childrenOf(server.pid())).isEmpty();
            server.stop();
        }
        Program.await("its workers end with it", () -> workers().isEmpty());
    }

    @Test
    void workerRefusesServicesItsConfigurationDisallows() throws Exception {
        try (ServerProcess server = startServer()) {
            assertThat(server.ask("alice", "secret", "forbidden")).isEqualTo("fail");
            server.awaitLog("service=\"forbidden\"", "service not allowed");
        }
    }

    /** The service may not kill it: it exits by itself when the service closes its connection. */
    @ParameterizedTest
    @ValueSource(strings = {"hang", "stuck"})
    void hungWorkerExitsAtTheDeadlineAndACrashCostsOneRequest(String hanging) throws Exception {
        if (!hanging.equals("stuck")) {
            TestScope.requireAll();
        }
        try (ServerProcess server = startServer()) {
            Set<Long> first = workers();
            assertThat(first).isNotEmpty();
            assertThat(server.ask("mallory", "secret", hanging)).isEqualTo("error");
            Program.await("the one that hung has ended", () -> !workers().containsAll(first));
            assertThat(server.ask("mallory", "secret", "segv")).isEqualTo("error");
            assertThat(server.ask("alice", "secret", "root")).isEqualTo("ok");
            server.kill();
        }
        Program.await("workers end when the service was killed", () -> workers().isEmpty());
    }
}
