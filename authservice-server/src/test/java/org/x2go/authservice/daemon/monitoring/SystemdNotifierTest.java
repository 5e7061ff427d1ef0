package org.x2go.authservice.daemon.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.server.ServerStatistics;
import org.x2go.authservice.testsupport.NotifySocket;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.worker.pool.PoolStatistics;
import org.x2go.authservice.worker.pool.PoolStatistics.Health;

@Timeout(120)
class SystemdNotifierTest {
    private static final int PID = 42;

    @TempDir
    private Path directory;

    private static ServiceStatistics statistics(int connections, int stuck) {
        return new ServiceStatistics(server(connections, stuck), Optional.empty());
    }

    private static ServerStatistics server(int connections, int stuck) {
        var ofService = new ServerStatistics.OfService(
                Map.of(Verdict.OK, 5L, Verdict.ERROR, 1L), new ServerStatistics.Durations(List.of(), Duration.ZERO));
        return new ServerStatistics(
                new ServerStatistics.Connections(connections, 9, new ServerStatistics.Refused(0, 0)),
                new ServerStatistics.Waiting(4, 0, 2),
                new ServerStatistics.Workers(8, 3, stuck),
                new ServerStatistics.Rejected(7, 1),
                Map.of("x2gobroker", ofService));
    }

    private Map<String, String> environment(String... more) {
        Map<String, String> environment = new java.util.HashMap<>(
                Map.of("NOTIFY_SOCKET", directory.resolve("notify").toString()));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private NotifySocket listen() {
        return NotifySocket.at(directory.resolve("notify").toString());
    }

    @Test
    void nothingIsSentWithoutNotifySocket() throws IOException {
        assertThat(SystemdNotifier.of(Map.of(), PID)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "vsock:2:1"})
    void unsupportedSocketAddressIsRefused(String address) {
        assertThatThrownBy(() -> SystemdNotifier.of(Map.of("NOTIFY_SOCKET", address), PID))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(address);
    }

    @Test
    void failedNotificationNamesSocketAndVariable() throws IOException {
        String gone = directory.resolve("gone").toString();
        SystemdNotifier stale =
                SystemdNotifier.of(Map.of("NOTIFY_SOCKET", gone), PID).orElseThrow();

        assertThatThrownBy(stale::ready)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(gone)
                .hasMessageContaining("unset NOTIFY_SOCKET");
    }

    @Test
    void onlyChangesAreSent() throws Exception {
        try (NotifySocket socket = listen()) {
            SystemdNotifier notifier = SystemdNotifier.of(environment(), PID).orElseThrow();
            notifier.ready();
            notifier.report(statistics(12, 0));
            notifier.report(statistics(12, 0));
            notifier.report(statistics(13, 1));
            notifier.close();

            assertThat(socket.next()).isEqualTo("READY=1");
            assertThat(socket.next())
                    .isEqualTo("STATUS=12 connections, 3 of 8 workers busy, 4 requests queued, 2 replies delayed;"
                            + " answered so far: 5 ok 1 fail 7 bad 1 error\n");
            assertThat(socket.next()).startsWith("STATUS=13 connections, 3 of 8 workers busy (1 hung), ");
            assertThat(socket.next()).startsWith("STOPPING=1\n");
        }
    }

    @Test
    void statusNamesPamWorkers() {
        assertThat(SystemdNotifier.status(withProcesses(2, Health.GOOD)))
                .startsWith("1 connections, 3 of 8 workers busy by 2 processes, 4 requests queued, ");
        assertThat(SystemdNotifier.status(withProcesses(0, Health.CRASH_LOOPING)))
                .contains(
                        " by 0 processes, which the modules of a PAM service crash repeatedly (see the log), 4 requests queued, ");
        assertThat(SystemdNotifier.status(withProcesses(0, Health.NOT_STARTABLE)))
                .contains(" by 0 processes, and no other can be started (see the log), 4 requests queued, ");
    }

    private static ServiceStatistics withProcesses(int processes, Health health) {
        return new ServiceStatistics(
                server(1, 0), Optional.of(new PoolStatistics(processes, 3, new PoolStatistics.Lost(9, 1), health)));
    }

    @Test
    void abstractSocketIsNotified() throws Exception {
        String name = "@authservice-test-" + ProcessHandle.current().pid();
        try (NotifySocket socket = NotifySocket.at(name)) {
            SystemdNotifier.of(Map.of("NOTIFY_SOCKET", name), PID).orElseThrow().ready();
            assertThat(socket.next()).isEqualTo("READY=1");
        }
    }

    @Test
    void keepAliveIsSentThreeTimesPerWatchdogPeriod() throws Exception {
        try (NotifySocket socket = listen()) {
            SystemdNotifier notifier = SystemdNotifier.of(environment("WATCHDOG_USEC", "300000"), PID)
                    .orElseThrow();
            assertThat(notifier.interval()).isEqualTo(Duration.ofMillis(100));
            notifier.report(statistics(12, 0));
            notifier.report(statistics(12, 0));
            assertThat(socket.next()).startsWith("STATUS=").endsWith("\nWATCHDOG=1\n");
            assertThat(socket.next()).isEqualTo("WATCHDOG=1\n");
        }
    }

    @Test
    void slowWatchdogStillGetsStatusEveryTwoSeconds() throws IOException {
        assertThat(SystemdNotifier.of(environment("WATCHDOG_USEC", "60000000"), PID)
                        .orElseThrow()
                        .interval())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void unwatchedProcessSendsNoKeepAlive() throws Exception {
        try (NotifySocket socket = listen()) {
            SystemdNotifier notifier = SystemdNotifier.of(
                            environment("WATCHDOG_USEC", "300000", "WATCHDOG_PID", "41"), PID)
                    .orElseThrow();
            notifier.report(statistics(12, 0));
            assertThat(socket.next()).doesNotContain("WATCHDOG");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "0", "-1", "99999999999999999999", "9223372036854775807"})
    void watchdogWithoutAPeriodIsRefused(String micros) {
        assertThatThrownBy(() -> SystemdNotifier.of(environment("WATCHDOG_USEC", micros), PID))
                .hasMessage("WATCHDOG_USEC is not a number of microseconds: " + micros);
    }

    @Test
    void noKeepAliveWhileNoWorkerCanBeStarted() throws Exception {
        try (NotifySocket socket = listen()) {
            SystemdNotifier notifier = SystemdNotifier.of(environment("WATCHDOG_USEC", "300000"), PID)
                    .orElseThrow();
            for (Health health : List.of(Health.CRASH_LOOPING, Health.MAY_NEED_RESTART, Health.CRASH_LOOPING)) {
                notifier.report(withProcesses(0, health));
            }
            assertThat(socket.next()).contains("crash repeatedly").endsWith("\nWATCHDOG=1\n");
            assertThat(socket.next()).contains("no other can be started").doesNotContain("WATCHDOG");
            assertThat(socket.next()).contains("crash repeatedly").endsWith("\nWATCHDOG=1\n");
        }
    }

    @Test
    void noKeepAliveWhileTheEventLoopIsBlocked() throws Exception {
        try (NotifySocket socket = listen()) {
            SystemdNotifier notifier = SystemdNotifier.of(environment("WATCHDOG_USEC", "150000"), PID)
                    .orElseThrow();
            CompletableFuture<ServiceStatistics> turns = CompletableFuture.completedFuture(statistics(1, 0));
            CompletableFuture<ServiceStatistics> hangs = new CompletableFuture<>();
            var asked = new java.util.concurrent.atomic.AtomicInteger();
            var hanging = new java.util.concurrent.atomic.AtomicBoolean();
            StatisticsPublisher.start(
                    () -> {
                        asked.incrementAndGet();
                        return hanging.get() ? hangs : turns;
                    },
                    List.of(notifier));
            socket.next("WATCHDOG=1");
            hanging.set(true);
            int before = asked.get();
            Program.await("it is asked three times", () -> asked.get() >= before + 3);
            socket.forget();
            int then = asked.get();
            Program.await("it is asked three times", () -> asked.get() >= then + 3);
            assertThat(socket.forget()).isZero();
            hanging.set(false);
            socket.next("WATCHDOG=1");
        }
    }
}
