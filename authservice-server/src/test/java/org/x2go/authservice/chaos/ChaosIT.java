package org.x2go.authservice.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.Authenticator;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.pam.PamAuthenticator;
import org.x2go.authservice.server.AuthServer;
import org.x2go.authservice.server.AuthServerConfig;
import org.x2go.authservice.testsupport.RawPeer;

/**
 * Dozens of peers that do right and wrong at once. Nobody gets a wrong verdict, a peer that behaves gets every answer in
 * its order, and in the end nothing is held that was not held before. {@code -Dauthservice.chaos.seconds=N} makes each
 * of the two runs N seconds long.
 */
class ChaosIT {
    private static final int PEERS = 48;
    private static final int WORKERS = 16;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("authservice.chaos.seconds", 20));
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration BEYOND_THE_TIMEOUT = REQUEST_TIMEOUT.plusSeconds(1);

    @TempDir
    private Path directory;

    /** There would be a line for most of tens of thousands of requests. */
    @BeforeAll
    static void keepTheLogSilent() {
        Configurator.setLevel("org.x2go.authservice", Level.OFF);
    }

    @AfterAll
    static void letTheLogSpeak() {
        Configurator.setLevel("org.x2go.authservice", (Level) null);
    }

    @Test
    void holdsAgainstAnAuthenticatorThatMisbehaves() throws Exception {
        MoodyAuthenticator moody = new MoodyAuthenticator(WORKERS / 2, BEYOND_THE_TIMEOUT);
        Question sure = Question.right("quick", "right", "x2gobroker");
        run(
                () -> chaos(moody, moody, Set.of("x2gobroker"), sure, WARM_UP),
                () -> chaos(moody, moody, Set.of("x2gobroker"), sure, TIME));
    }

    @Test
    void holdsWithPam() throws Exception {
        PamStacks stacks = new PamStacks(directory, BEYOND_THE_TIMEOUT.toSeconds());
        run(() -> pamChaos(stacks, WARM_UP), () -> pamChaos(stacks, TIME));
    }

    private Tally pamChaos(PamStacks stacks, Duration time) throws Exception {
        try (PamAuthenticator pam = PamAuthenticator.open(ServicePolicy.allowing(PamStacks.SERVICES), directory)) {
            return chaos(pam, stacks, PamStacks.SERVICES, Question.right("user0", "right", "table"), time);
        }
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

    private Tally chaos(
            Authenticator authenticator, Question.Source questions, Set<String> services, Question sure, Duration time)
            throws IOException, InterruptedException {
        AuthServerConfig config = AuthServerConfig.builder(directory.resolve("s"))
                .services(ServicePolicy.allowing(services))
                .workers(WORKERS)
                .requestTimeout(REQUEST_TIMEOUT)
                .sendTimeout(Duration.ofSeconds(2))
                .build();
        Tally tally = new Tally();
        try (AuthServer server = AuthServer.start(config, authenticator)) {
            ResourceLevels idle = ResourceLevels.now();
            new Crowd(server.socketPath(), questions, tally).come(PEERS, time);
            idle.awaitSockets();
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
