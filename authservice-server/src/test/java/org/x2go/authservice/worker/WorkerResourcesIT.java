package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** Limits of workers that the service starts: open files, and the order in which the kernel kills them. */
class WorkerResourcesIT {
    @TempDir
    Path directory;

    private ServerProcess.Builder server(String auth) throws IOException {
        Path services = Files.createDirectories(directory.resolve("services"));
        Files.write(services.resolve("x2gobroker"), List.of(auth, "account required pam_permit.so"));
        return ServerProcess.in(directory.resolve("server"))
                .args("--pam-confdir", services.toString(), "--isolation", "process");
    }

    @Test
    void moduleCommandsMayOpen1024Files() throws Exception {
        Path limit = directory.resolve("limit");
        Path command = Files.writeString(directory.resolve("command"), "ulimit -n >" + limit + "\n");
        try (ServerProcess server = server("auth required pam_exec.so /bin/sh " + command)
                .launcher(Requirements.program("prlimit").toString(), "--nofile=1024:20000")
                .start()) {
            assertThat(server.ask("alice", "secret", "x2gobroker")).isEqualTo("ok");
            assertThat(limit).hasContent("1024\n");
        }
    }

    @Test
    void outOfMemoryKillerPrefersWorkers() throws Exception {
        try (ServerProcess server = server("auth required pam_permit.so").start()) {
            assertThat(server.ask("alice", "secret", "x2gobroker")).isEqualTo("ok");
            int service = oomScore(server.pid());
            // One that is starting does so first of all.
            Program.await("every worker has raised its score", () -> isLower(service, server.pid()));
        }
    }

    private static boolean isLower(int score, long parent) {
        try {
            Set<Long> workers = Processes.childrenOf(parent);
            for (long worker : workers) {
                if (oomScore(worker) <= score) {
                    return false;
                }
            }
            return !workers.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int oomScore(long pid) throws IOException {
        return Integer.parseInt(Files.readString(Path.of("/proc", Long.toString(pid), "oom_score_adj"))
                .strip());
    }
}
