package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;
import org.x2go.authservice.testsupport.TestScope;

/**
 * With PAM in processes, a misbehaving module costs only its own request: all other requests get their right verdict,
 * and no process is left after the stop.
 */
class MisbehavingModulesIT {
    private static final int GOOD_PEERS = 4;

    /** The misbehaviours that every build tests (some as root only); the others are tested with -Dauthservice.tests=all. */
    private static final Set<String> IN_EVERY_BUILD = Set.of("segv", "noise", "uid", "umask", "fork");

    /** Socket, output and the descriptor that tells of its end. */
    private static final int DESCRIPTORS_OF_A_WORKER = 3;

    @TempDir
    static Path moduleDirectory;

    /** Selects the module {@link #stuck}, which hangs while it is loaded. */
    private static final String HANG_WHEN_LOADED = "hang-when-loaded";

    /** Selects the module {@link #forked}, which forks while it is loaded. */
    private static final String FORK_WHEN_LOADED = "fork-when-loaded";

    private static Path module = Path.of("");
    private static Path stuck = Path.of("");
    private static Path forked = Path.of("");

    @TempDir
    Path directory;

    private final Set<Long> workers = new TreeSet<>();

    @BeforeAll
    static void compile() throws Exception {
        module = ProbeModule.compileHavocIn(moduleDirectory);
        stuck = ProbeModule.compileStuckIn(moduleDirectory);
        forked = ProbeModule.compileForkedIn(moduleDirectory);
    }

    private Path childPidsFile() {
        return directory.resolve("left");
    }

    /** In the service "bad", the account step appends the PID of its process to this file. */
    private Path accountPidsFile() {
        return directory.resolve("askers");
    }

    /**
     * A server with the services "good", "no", "whole", which requires an unchanged worker, and "bad", with the given
     * misbehaviour.
     */
    private ServerProcess.Builder server(String havoc) throws IOException {
        Path services = Files.createDirectories(directory.resolve("services"));
        Files.write(services.resolve("good"), List.of("auth required pam_permit.so", "account required pam_permit.so"));
        Files.write(services.resolve("no"), List.of("auth required pam_deny.so", "account required pam_permit.so"));
        String bad = havoc.equals(HANG_WHEN_LOADED)
                ? stuck.toString()
                : havoc.equals(FORK_WHEN_LOADED) ? forked.toString() : module + " " + havoc;
        String noting = module + " " + accountPidsFile();
        Files.write(services.resolve("bad"), List.of("auth required " + bad, "account required " + noting));
        Files.write(
                services.resolve("whole"),
                List.of("auth required " + module + " process-is-whole", "account required pam_permit.so"));
        return ServerProcess.in(directory.resolve("server"))
                .allow(List.of("good", "no", "bad", "whole"))
                .args("--pam-confdir", services.toString(), "--isolation", "process");
    }

    private static void requireAllUnlessChosen(String havoc) {
        if (!IN_EVERY_BUILD.contains(havoc)) {
            TestScope.requireAll();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hang,    error, was killed",
        "hang-when-loaded, error, was killed",
        "spin,    error, was killed",
        "segv,    error, SIGSEGV",
        "abort,   error, signal 6",
        "kill,    error, signal 9",
        "exit,    error, exit status 0",
        "close,   error, changed a standard descriptor",
        "close-all, error, error user=",
        "noise,   ok,    not logged",
    })
    void misbehavingModuleCostsItsOwnRequestOnly(String havoc, String verdict, String log) throws Exception {
        requireAllUnlessChosen(havoc);
        othersGetTheirVerdictsWhile(havoc, verdict, log, log.equals("was killed") ? 1 : 2);
    }

    @ParameterizedTest
    @CsvSource({
        "uid,          changed the user or group",
        "gid,          changed the user or group",
        "groups,       changed the supplementary groups",
        "capabilities, changed the capabilities",
        "idle,         changed the scheduling",
        "nice,         changed the scheduling",
        "chroot,       changed the root directory",
    })
    void unrestorableChangeCostsItsOwnRequestOnly(String havoc, String log) throws Exception {
        requireAllUnlessChosen(havoc);
        Requirements.root();
        othersGetTheirVerdictsWhile(havoc, "error", log, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"umask", "chdir", "fsuid", "fsgid", "signals"})
    void restorableChangeDoesNotReachTheNextRequest(String havoc) throws Exception {
        requireAllUnlessChosen(havoc);
        Requirements.root();
        try (ServerProcess server = server(havoc).args("--workers", "1").start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("ok");
                assertThat(server.ask("alice", "secret", "whole")).isEqualTo("ok");
                workers.addAll(Processes.childrenOf(server.pid()));
            }
            assertThat(workers).hasSize(1);
        }
    }

    @Test
    void remainingChildIsKilledWithItsWorker() throws Exception {
        othersGetTheirVerdictsWhile("child " + childPidsFile(), "ok", "Stopped", 2);
        assertThatChildrenAreDead(2);
    }

    @ParameterizedTest
    @CsvSource({"child-and-segv, 2", "child-and-hang, 1"})
    void remainingChildIsKilledWhenItsWorkerCrashes(String havoc, int times) throws Exception {
        TestScope.requireAll();
        othersGetTheirVerdictsWhile(havoc + " " + childPidsFile(), "error", "error", times);
        assertThatChildrenAreDead(times);
    }

    private void assertThatChildrenAreDead(int count) throws InterruptedException {
        List<Long> left = pids(childPidsFile());
        assertThat(left).hasSize(count);
        Program.await("what the module left has gone", () -> left.stream().noneMatch(Processes::exists));
    }

    private void othersGetTheirVerdictsWhile(String havoc, String verdict, String log, int times) throws Exception {
        ExecutorService peers = Executors.newFixedThreadPool(GOOD_PEERS + 1);
        // Short only for modules that run into the deadline: on a busy machine workers need time to start.
        String deadline = havoc.contains("hang") || havoc.equals("spin") ? "15" : "60";
        try (ServerProcess server =
                server(havoc).args("--request-timeout", deadline).start()) {
            List<Future<?>> running = new ArrayList<>();
            Future<?> bad = peers.submit(() -> {
                for (int i = 0; i < times; i++) {
                    assertThat(server.ask("mallory", "secret", "bad")).isEqualTo(verdict);
                    workers.addAll(Processes.childrenOf(server.pid()));
                }
                return null;
            });
            for (int i = 0; i < GOOD_PEERS; i++) {
                String user = "user" + i;
                running.add(peers.submit(() -> {
                    while (!bad.isDone()) {
                        assertThat(server.ask(user, "secret", "good")).isEqualTo("ok");
                        assertThat(server.ask(user, "secret", "no")).isEqualTo("fail");
                    }
                    return null;
                }));
            }
            bad.get(60, TimeUnit.SECONDS);
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            workers.addAll(Processes.childrenOf(server.pid()));
            if (log.equals("was killed")) {
                // The peer may have its answer before the pool has killed the worker, so the line may come later.
                server.awaitLog(log);
            }
            server.stop();
            assertThat(workers).isNotEmpty();
            Program.await("the workers have gone", () -> workers.stream().noneMatch(Processes::exists));
            assertThat(server.log()).anyMatch(line -> line.contains(log));
        } finally {
            peers.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fork,             process",
        "fork,             thread",
        "fork-at-end,      process",
        "fork-at-end,      thread",
        "fork-when-loaded, process",
        "fork-when-loaded, thread",
    })
    void forkedChildThatReturnsIsStopped(String havoc, String isolation) throws Exception {
        requireAllUnlessChosen(havoc);
        boolean whenLoaded = havoc.equals(FORK_WHEN_LOADED);
        Path children = whenLoaded ? Path.of(forked + ".children") : childPidsFile();
        Files.deleteIfExists(children);
        try (ServerProcess server = server(whenLoaded ? havoc : havoc + " " + childPidsFile())
                .args("--isolation", isolation)
                .start()) {
            for (int i = 1; i <= 5; i++) {
                assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("ok");
                if (isolation.equals("thread")) {
                    workers.add(server.pid());
                } else {
                    workers.addAll(Processes.childrenOf(server.pid()));
                }
                int count = whenLoaded ? 1 : i;
                Program.await(
                        "the child has ended",
                        () -> pids(children).size() >= count
                                && pids(children).stream().noneMatch(Processes::runs));
                for (int j = 0; j < 3; j++) {
                    assertThat(server.ask("alice", "wrong", "no")).isEqualTo("fail");
                }
            }
            assertThat(pids(accountPidsFile())).hasSize(5).isSubsetOf(workers);
            server.stop();
            assertThat(server.log()).noneMatch(line -> line.contains("crashed"));
        }
    }

    private static List<Long> pids(Path file) {
        try {
            return Files.readAllLines(file).stream().map(Long::valueOf).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void atexitHandlerDoesNotDelayTheServicesExit() throws Exception {
        try (ServerProcess server =
                server("atexit").args("--isolation", "thread").start()) {
            assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("ok");
            server.stop();
            assertThat(server.exitStatus()).isZero();
        }
    }

    @Test
    void atexitHandlerDoesNotDelayTheWorkersExit() throws Exception {
        TestScope.requireAll();
        try (ServerProcess server = server("atexit").start()) {
            assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("ok");
            workers.addAll(Processes.childrenOf(server.pid()));
            server.kill();
            Program.await("the workers have ended", () -> workers.stream().noneMatch(Processes::exists));
        }
    }

    @Test
    void descriptorsAndZombiesDoNotAccumulate() throws Exception {
        try (ServerProcess server = server("kill").start()) {
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            int before = Processes.descriptorsOf(server.pid()).size();
            for (int i = 0; i < 20; i++) {
                assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("error");
                assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            }
            Program.await(
                    "the service has no more descriptors than its workers need",
                    () -> Processes.descriptorsOf(server.pid()).size()
                            <= before
                                    + DESCRIPTORS_OF_A_WORKER
                                            * (Processes.childrenOf(server.pid())
                                                            .size()
                                                    - 1));
            Program.await(
                    "few workers are left",
                    () -> Processes.childrenOf(server.pid()).size() <= 3);
        }
    }

    @Test
    void grownWorkerIsReplacedBetweenRequests() throws Exception {
        TestScope.requireAll();
        try (ServerProcess server =
                server("leak 4").args("--worker-max-rss", "128").start()) {
            long largest = 0;
            for (int i = 0; i < 120; i++) {
                assertThat(server.ask("mallory", "secret", "bad")).isEqualTo("ok");
                Set<Long> now = Processes.childrenOf(server.pid());
                workers.addAll(now);
                for (long worker : now) {
                    largest = Math.max(largest, Processes.residentBytes(worker));
                }
            }
            assertThat(workers).hasSizeGreaterThan(1);
            assertThat(largest).isLessThan(512L << 20);
        }
    }

    @Test
    void repeatedCrashesAreBackedOff() throws Exception {
        TestScope.requireAll();
        try (ServerProcess server = server("kill").start()) {
            for (int i = 0; i < 10; i++) {
                assertThat(server.ask("mallory" + i, "secret", "bad")).isEqualTo("error");
            }
            server.awaitLog("ERROR", "consecutive PAM worker crashes in PAM service bad");
            assertThat(server.ask("alice", "secret", "good")).isEqualTo("ok");
            server.awaitLog("reason=\"the modules of this PAM service crash repeatedly\"");
        }
    }

    @Test
    void killedServiceTakesWorkersAndTheirChildrenWithIt() throws Exception {
        ExecutorService peer = Executors.newSingleThreadExecutor();
        try (ServerProcess server = server("child-and-hang " + childPidsFile()).start()) {
            var unused = peer.submit(() -> server.ask("mallory", "secret", "bad"));
            Program.await(
                    "the module has left a child", () -> !pids(childPidsFile()).isEmpty());
            workers.addAll(Processes.childrenOf(server.pid()));
            server.kill();
            Program.await("the workers have ended", () -> workers.stream().noneMatch(Processes::exists));
            long left = pids(childPidsFile()).get(0);
            Program.await("what the module left has ended", () -> !Processes.exists(left));
        } finally {
            peer.shutdownNow();
        }
    }

    /** A thread that hangs in the loader holds its lock, so the exit of such a worker must not load anything. */
    @Test
    void killedServiceTakesAWorkerHungInTheLoaderWithIt() throws Exception {
        TestScope.requireAll();
        ExecutorService peer = Executors.newSingleThreadExecutor();
        try (ServerProcess server = server(HANG_WHEN_LOADED).start()) {
            var unused = peer.submit(() -> server.ask("mallory", "secret", "bad"));
            Program.await(
                    "the module is being loaded",
                    () -> Processes.childrenOf(server.pid()).stream()
                            .anyMatch(worker -> Processes.maps(worker, stuck)));
            workers.addAll(Processes.childrenOf(server.pid()));
            server.kill();
            Program.await("the workers have ended", () -> workers.stream().noneMatch(Processes::exists));
        } finally {
            peer.shutdownNow();
        }
    }
}
