package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** When workers are replaced, and which requests that costs. The PAM service "bad" uses a module that misbehaves. */
@Timeout(180)
class WorkerReplacementIT {
    private static final int LOGINS = 12;

    @TempDir
    static Path moduleDirectory;

    private static Path module = Path.of("");

    @TempDir
    Path directory;

    private final ExecutorService peers = Executors.newCachedThreadPool();

    @BeforeAll
    static void compile() throws Exception {
        module = ProbeModule.compileHavocIn(moduleDirectory);
    }

    @AfterEach
    void stopPeers() {
        peers.shutdownNow();
    }

    private ServerProcess.Builder server(String havoc) throws IOException {
        Path services = Files.createDirectories(directory.resolve("services"));
        Files.write(services.resolve("good"), List.of("auth required pam_permit.so", "account required pam_permit.so"));
        Files.write(
                services.resolve("bad"),
                List.of("auth required " + module + " " + havoc, "account required pam_permit.so"));
        return ServerProcess.in(directory.resolve("server"))
                .allow(List.of("good", "bad"))
                .args("--pam-confdir", services.toString(), "--isolation", "process");
    }

    /** The answers to concurrent logins. */
    private List<String> atOnce(int count, Callable<String> login) throws Exception {
        List<Future<String>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(peers.submit(login));
        }
        List<String> answers = new ArrayList<>();
        for (Future<String> each : running) {
            answers.add(each.get(60, TimeUnit.SECONDS));
        }
        return answers;
    }

    @Test
    void crashingModuleCostsItsOwnServiceOnly() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ServerProcess server = server("kill").args("--workers", "4").start()) {
            List<Future<?>> askers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String user = "mallory" + i;
                askers.add(peers.submit(() -> {
                    while (!over.get()) {
                        assertThat(server.ask(user, "x", "bad")).isEqualTo("error");
                    }
                    return null;
                }));
            }
            server.awaitLog("consecutive PAM worker crashes");
            for (int i = 0; i < LOGINS; i++) {
                assertThat(server.ask("alice" + i, "x", "good")).isEqualTo("ok");
            }
            over.set(true);
            for (Future<?> asker : askers) {
                asker.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void singleUseModuleWorksWithOneRequestPerWorker() throws Exception {
        try (ServerProcess server =
                server("once").args("--worker-max-requests", "1").start()) {
            for (int i = 0; i < LOGINS; i++) {
                assertThat(server.ask("alice" + i, "x", "bad")).isEqualTo("ok");
            }
            assertThat(atOnce(4, () -> server.ask("bob", "x", "bad"))).containsOnly("ok");
            server.stop();
            assertThat(server.log()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    @Test
    void crashAfterAnAnswerCostsNoOtherLogin() throws Exception {
        try (ServerProcess server = server("alarm").start()) {
            Set<Long> first = Processes.childrenOf(server.pid());
            assertThat(server.ask("mallory", "x", "bad")).isEqualTo("ok");
            Program.await(
                    "the alarm has ended the worker",
                    () -> !Processes.childrenOf(server.pid()).containsAll(first));
            assertThat(server.ask("alice", "x", "good")).isEqualTo("ok");
            server.awaitLog("exited while idle", "signal 14");
        }
    }

    @Test
    void workerOverItsMaximumRssIsReplaced() throws Exception {
        try (ServerProcess server =
                server("leak 100").args("--worker-max-rss", "128").start()) {
            Set<Long> workers = new TreeSet<>();
            long largest = 0;
            for (int i = 0; i < 8; i++) {
                assertThat(server.ask("mallory" + i, "x", "bad")).isEqualTo("ok");
                for (long worker : Processes.childrenOf(server.pid())) {
                    workers.add(worker);
                    largest = Math.max(largest, Processes.residentBytes(worker));
                }
            }
            assertThat(largest).isLessThan(300L << 20);
            assertThat(workers).hasSizeGreaterThan(2);
        }
    }

    @Test
    void workerWithManyOpenFilesIsReplaced() throws Exception {
        try (ServerProcess server = server("files 200").start()) {
            Set<Long> first = Processes.childrenOf(server.pid());
            for (int i = 0; i < 3; i++) {
                assertThat(server.ask("mallory" + i, "x", "bad")).isEqualTo("ok");
            }
            Program.await("the first one has gone", () -> first.stream().noneMatch(Processes::exists));
            assertThat(server.ask("alice", "x", "good")).isEqualTo("ok");
        }
    }

    @Test
    void suspendedWorkerIsKilledAtItsDeadlineWithOneLogLine() throws Exception {
        try (ServerProcess server =
                server("stop").args("--request-timeout", "10").start()) {
            Set<Long> first = Processes.childrenOf(server.pid());
            assertThat(server.ask("mallory", "x", "bad")).isEqualTo("error");
            Program.await("it has gone", () -> first.stream().noneMatch(Processes::exists));
            assertThat(server.ask("alice", "x", "good")).isEqualTo("ok");
            server.stop();
            assertThat(server.log())
                    .filteredOn(line -> line.contains("mallory"))
                    .singleElement()
                    .asString()
                    .contains("its worker was killed");
        }
    }

    @Test
    void suspendedIdleWorkerIsKilledWhenTheServiceStops() throws Exception {
        try (ServerProcess server = server("stop").start()) {
            assertThat(server.ask("alice", "x", "good")).isEqualTo("ok");
            Set<Long> workers = Processes.childrenOf(server.pid());
            for (long worker : workers) {
                signal(worker, "STOP");
            }
            server.stop();
            assertThat(workers).isNotEmpty();
            Program.await("the workers have gone", () -> workers.stream().noneMatch(Processes::exists));
        }
    }

    private static void signal(long process, String name) throws IOException, InterruptedException {
        Program.end(new ProcessBuilder("kill", "-" + name, Long.toString(process)).start());
    }

    /** A control group of this test's own that can limit tasks, of either version. */
    private static Path cgroup() throws IOException {
        Path first = Path.of("/sys/fs/cgroup/pids");
        Path root = Files.isDirectory(first) ? first : Path.of("/sys/fs/cgroup");
        Requirements.require(Files.isWritable(root.resolve("cgroup.procs")), "control groups that it may make");
        if (root != first) {
            Files.writeString(root.resolve("cgroup.subtree_control"), "+pids");
        }
        return Files.createDirectory(
                root.resolve("authservice-" + ProcessHandle.current().pid()));
    }

    /** For a while neither threads nor processes can be created. */
    @Test
    void temporaryTaskLimitHasNoLastingEffect() throws Exception {
        Requirements.root();
        Path group = cgroup();
        ServerProcess server = server("slow 300").args("--workers", "8").start();
        try (server) {
            assertThat(server.ask("alice", "x", "good")).isEqualTo("ok");
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(server.pid()));
            for (long worker : Processes.childrenOf(server.pid())) {
                Files.writeString(group.resolve("cgroup.procs"), Long.toString(worker));
            }
            Files.writeString(
                    group.resolve("pids.max"),
                    Files.readString(group.resolve("pids.current")).strip());
            AtomicInteger number = new AtomicInteger();
            Future<List<String>> answers =
                    peers.submit(() -> atOnce(LOGINS, () -> server.ask("bob" + number.incrementAndGet(), "x", "bad")));
            server.awaitLog("failed to start a PAM worker");
            Files.writeString(group.resolve("pids.max"), "max");
            assertThat(answers.get(60, TimeUnit.SECONDS)).containsOnly("ok");
            Set<Long> workers = Processes.childrenOf(server.pid());
            for (long worker : workers) {
                signal(worker, "KILL");
            }
            Program.await("they have ended", () -> workers.stream().noneMatch(Processes::exists));
            assertThat(server.ask("carol", "x", "good"))
                    .as(() -> String.join("\n", server.log()))
                    .isEqualTo("ok");
            server.stop();
            assertThat(server.log())
                    .filteredOn(line -> line.contains(" ERROR ") && !line.contains("signal 9"))
                    .as("one error line for the whole time of the task limit")
                    .hasSize(1);
        } finally {
            Program.await("its processes have ended", () -> {
                try {
                    return Files.readString(group.resolve("cgroup.procs")).isBlank();
                } catch (IOException e) {
                    return true;
                }
            });
            Files.delete(group);
        }
    }
}
