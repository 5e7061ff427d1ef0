package org.x2go.authservice.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.testsupport.TestScope;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.pool.SpawningLauncher;
import org.x2go.authservice.worker.pool.WorkerLauncher;
import org.x2go.authservice.worker.pool.WorkerPool;

/**
 * Dozens of concurrent peers behave well and badly. No verdict may be wrong, well-behaved peers must get every answer
 * in order, and afterwards the server must hold no more resources than before. {@code -Dauthservice.chaos.seconds=N}
 * makes each of the three tests run for N seconds after its first run.
 */
class ChaosIT {
    private static final int PEERS = 48;
    private static final int WORKERS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME =
            Duration.ofSeconds(Long.getLong("authservice.chaos.seconds", TestScope.choose(4, 16)));
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration BEYOND_THE_TIMEOUT = REQUEST_TIMEOUT.plusSeconds(1);

    private static final ChaosRequest RECOVERY_CHECK = ChaosRequest.right("user0", "right", "table");

    @TempDir
    private Path directory;

    /** The log would have tens of thousands of lines. */
    @BeforeAll
    static void disableLog() {
        Configurator.setLevel("org.x2go.authservice", Level.OFF);
    }

    /** The JDK opens a permanent socket of its own with its first channel. */
    @BeforeAll
    static void openTheFirstChannel() throws IOException {
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
    }

    @AfterAll
    static void enableLog() {
        Configurator.setLevel("org.x2go.authservice", (Level) null);
    }

    @Test
    void invariantsHoldWithAMisbehavingAuthenticator() throws Exception {
        TestScope.requireAll();
        FlakyAuthenticator flaky = new FlakyAuthenticator(WORKERS / 2, BEYOND_THE_TIMEOUT);
        ChaosRequest recoveryCheck = ChaosRequest.right("quick", "right", "x2gobroker");
        run(
                () -> chaos(
                        config -> AuthServer.start(config, flaky),
                        () -> 0,
                        flaky,
                        Set.of("x2gobroker"),
                        recoveryCheck,
                        WARM_UP),
                () -> chaos(
                        config -> AuthServer.start(config, flaky),
                        () -> 0,
                        flaky,
                        Set.of("x2gobroker"),
                        recoveryCheck,
                        TIME));
    }

    @Test
    void invariantsHoldWithPamInThreads() throws Exception {
        TestScope.requireAll();
        PamStacks stacks = new PamStacks(directory, BEYOND_THE_TIMEOUT.toSeconds());
        run(() -> pamChaos(stacks, WARM_UP), () -> pamChaos(stacks, TIME));
    }

    private ReplyCounts pamChaos(PamStacks stacks, Duration time) throws Exception {
        try (PamAuthenticator pam = PamAuthenticator.open(ServicePolicy.allowing(PamStacks.SERVICES), directory)) {
            return chaos(
                    config -> AuthServer.start(config, pam), () -> 0, stacks, PamStacks.SERVICES, RECOVERY_CHECK, time);
        }
    }

    @Test
    void invariantsHoldWithPamInProcesses() throws Exception {
        PamStacks stacks = new PamStacks(directory, BEYOND_THE_TIMEOUT.toSeconds());
        run(() -> processChaos(stacks, WARM_UP), () -> processChaos(stacks, TIME));
    }

    /** Uses workers of the packaged jar, which are killed whenever a command sleeps for too long. */
    private ReplyCounts processChaos(PamStacks stacks, Duration time) throws Exception {
        Set<ProcessHandle> before = children();
        RecordingDiagnostics diagnostics = new RecordingDiagnostics();
        AtomicReference<WorkerPool> opened = new AtomicReference<>();
        ReplyCounts replies = chaos(
                config -> AuthServer.start(config, loop -> {
                    WorkerLauncher launcher = new SpawningLauncher(workerCommand(), diagnostics, false);
                    opened.set(WorkerPool.open(
                            loop, launcher, WORKERS, config.limit(Limit.MAX_QUEUED_REQUESTS), diagnostics));
                    return opened.get();
                }),
                () -> opened.get().statistics().join().workers(),
                stacks,
                PamStacks.SERVICES,
                RECOVERY_CHECK,
                time);
        assertThat(diagnostics.lines()).noneMatch(line -> line.contains("crashed"));
        Program.await("all workers are reaped", () -> before.containsAll(children()));
        return replies;
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    private List<String> workerCommand() {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
        command.add(System.getProperty("authservice.server.jar"));
        command.addAll(List.of(JavaCommand.WORKER, "--pam-confdir", directory.toString()));
        PamStacks.SERVICES.forEach(service -> command.addAll(List.of("--allow-service", service)));
        return command;
    }

    /** Starts a server with its authenticator. */
    @FunctionalInterface
    private interface ServerStart {
        AuthServer start(AuthServerConfig config) throws IOException;
    }

    /** A run of chaos. */
    @FunctionalInterface
    private interface Run {
        ReplyCounts run() throws Exception;
    }

    /** Resources of the first run may stay; the second run must not add any. */
    private static void run(Run first, Run second) throws Exception {
        first.run();
        ResourceLevels before = ResourceLevels.now();
        ReplyCounts replies = second.run();
        before.awaitReturn();
        System.out.println(replies + System.lineSeparator() + before + " before" + System.lineSeparator()
                + ResourceLevels.now() + " after");
    }

    /** @param workers how many sockets the authenticator has open */
    private ReplyCounts chaos(
            ServerStart start,
            LongSupplier workers,
            ChaosRequest.Source requests,
            Set<String> services,
            ChaosRequest recoveryCheck,
            Duration time)
            throws IOException, InterruptedException {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .services(ServicePolicy.allowing(services))
                .limit(Limit.WORKERS, WORKERS)
                .limit(Limit.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                .limit(Limit.SEND_TIMEOUT, Duration.ofSeconds(2))
                .build();
        ReplyCounts replies = new ReplyCounts();
        try (AuthServer server = start.start(config)) {
            long idle = ResourceLevels.now().sockets() - workers.getAsLong();
            new LoadClients(server.socketPath(), requests, replies).run(PEERS, time);
            ResourceLevels.awaitSockets(() -> idle + workers.getAsLong());
            awaitOk(server, recoveryCheck);
        }
        assertThat(replies.findings()).as(replies::toString).isEmpty();
        assertThat(replies.counted("right:ok")).as(replies::toString).isPositive();
        return replies;
    }

    /** Waits until the server answers normally again, after its hung workers have returned. */
    private static void awaitOk(AuthServer server, ChaosRequest recoveryCheck) throws IOException {
        try (RawPeer peer = RawPeer.connect(server.socketPath())) {
            String answer = peer.send(recoveryCheck.line()).reply();
            for (int i = 0; i < 10 && answer.equals("error"); i++) {
                answer = peer.send(recoveryCheck.line()).reply();
            }
            assertThat(answer).isEqualTo("ok");
        }
    }
}
