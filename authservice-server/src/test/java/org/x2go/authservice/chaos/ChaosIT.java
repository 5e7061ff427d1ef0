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
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.testsupport.TestScope;
import org.x2go.authservice.worker.pool.JavaCommand;
import org.x2go.authservice.worker.pool.SpawningLauncher;
import org.x2go.authservice.worker.pool.WorkerLauncher;
import org.x2go.authservice.worker.pool.WorkerPool;

/**
 * Dozens of peers that do right and wrong at once. Nobody gets a wrong verdict, a peer that behaves gets every answer in
 * its order, and in the end nothing is held that was not held before. {@code -Dauthservice.chaos.seconds=N} makes each
 * of the three runs N seconds long.
 */
class ChaosIT {
    private static final int PEERS = 48;
    private static final int WORKERS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME =
            Duration.ofSeconds(Long.getLong("authservice.chaos.seconds", TestScope.choose(4, 16)));
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration BEYOND_THE_TIMEOUT = REQUEST_TIMEOUT.plusSeconds(1);

    private static final Question SURE = Question.right("user0", "right", "table");

    @TempDir
    private Path directory;

    /** There would be a line for most of tens of thousands of requests. */
    @BeforeAll
    static void keepTheLogSilent() {
        Configurator.setLevel("org.x2go.authservice", Level.OFF);
    }

    /** With its first channel the JDK opens a socket of its own, for good. */
    @BeforeAll
    static void useTheFirstChannel() throws IOException {
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
    }

    @AfterAll
    static void letTheLogSpeak() {
        Configurator.setLevel("org.x2go.authservice", (Level) null);
    }

    @Test
    void invariantsHoldWithAMisbehavingAuthenticator() throws Exception {
        TestScope.requireAll();
        FlakyAuthenticator flaky = new FlakyAuthenticator(WORKERS / 2, BEYOND_THE_TIMEOUT);
        Question sure = Question.right("quick", "right", "x2gobroker");
        run(
                () -> chaos(
                        config -> AuthServer.start(config, flaky), () -> 0, flaky, Set.of("x2gobroker"), sure, WARM_UP),
                () -> chaos(
                        config -> AuthServer.start(config, flaky), () -> 0, flaky, Set.of("x2gobroker"), sure, TIME));
    }

    @Test
    void invariantsHoldWithPamInThreads() throws Exception {
        TestScope.requireAll();
        PamStacks stacks = new PamStacks(directory, BEYOND_THE_TIMEOUT.toSeconds());
        run(() -> pamChaos(stacks, WARM_UP), () -> pamChaos(stacks, TIME));
    }

    private Tally pamChaos(PamStacks stacks, Duration time) throws Exception {
        try (PamAuthenticator pam = PamAuthenticator.open(ServicePolicy.allowing(PamStacks.SERVICES), directory)) {
            return chaos(config -> AuthServer.start(config, pam), () -> 0, stacks, PamStacks.SERVICES, SURE, time);
        }
    }

    @Test
    void invariantsHoldWithPamInProcesses() throws Exception {
        PamStacks stacks = new PamStacks(directory, BEYOND_THE_TIMEOUT.toSeconds());
        run(() -> processChaos(stacks, WARM_UP), () -> processChaos(stacks, TIME));
    }

    /** With workers of the packaged jar, which end in the middle of what they do whenever a command sleeps for too long. */
    private Tally processChaos(PamStacks stacks, Duration time) throws Exception {
        Set<ProcessHandle> before = children();
        RecordingDiagnostics said = new RecordingDiagnostics();
        AtomicReference<WorkerPool> opened = new AtomicReference<>();
        Tally tally = chaos(
                config -> AuthServer.start(config, loop -> {
                    WorkerLauncher launcher = new SpawningLauncher(workerCommand(), said, false);
                    opened.set(WorkerPool.open(loop, launcher, WORKERS, config.limit(Limit.MAX_QUEUED_REQUESTS), said));
                    return opened.get();
                }),
                () -> opened.get().statistics().join().workers(),
                stacks,
                PamStacks.SERVICES,
                SURE,
                time);
        assertThat(said.lines()).noneMatch(line -> line.contains("crashed"));
        assertThat(children()).isSubsetOf(before);
        return tally;
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
        Tally run() throws Exception;
    }

    /** What the first run brings into being may stay; the second one must add nothing to it. */
    private static void run(Run first, Run second) throws Exception {
        first.run();
        ResourceLevels before = ResourceLevels.now();
        Tally tally = second.run();
        before.awaitReturn();
        System.out.println(tally + System.lineSeparator() + before + " before" + System.lineSeparator()
                + ResourceLevels.now() + " after");
    }

    /** @param workers how many sockets the authenticator has open */
    private Tally chaos(
            ServerStart start,
            LongSupplier workers,
            Question.Source questions,
            Set<String> services,
            Question sure,
            Duration time)
            throws IOException, InterruptedException {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .services(ServicePolicy.allowing(services))
                .limit(Limit.WORKERS, WORKERS)
                .limit(Limit.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                .limit(Limit.SEND_TIMEOUT, Duration.ofSeconds(2))
                .build();
        Tally tally = new Tally();
        try (AuthServer server = start.start(config)) {
            long idle = ResourceLevels.now().sockets() - workers.getAsLong();
            new LoadClients(server.socketPath(), questions, tally).run(PEERS, time);
            ResourceLevels.awaitSockets(() -> idle + workers.getAsLong());
            awaitOk(server, sure);
        }
        assertThat(tally.findings()).as(tally::toString).isEmpty();
        assertThat(tally.counted("right:ok")).as(tally::toString).isGreaterThan(tally.counted("right:error"));
        return tally;
    }

    /** The server is as good as new as soon as its stuck workers are back. */
    private static void awaitOk(AuthServer server, Question sure) throws IOException {
        try (RawPeer peer = RawPeer.connect(server.socketPath())) {
            String answer = peer.send(sure.line()).reply();
            for (int i = 0; i < 10 && answer.equals("error"); i++) {
                answer = peer.send(sure.line()).reply();
            }
            assertThat(answer).isEqualTo("ok");
        }
    }
}
