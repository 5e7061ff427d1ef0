package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.NotifySocket;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.TestScope;

/** The packaged program as systemd runs it: its socket is passed to it, and it says how it is. */
@Timeout(240)
class ActivationIT {
    private static final String REQUEST = "jane\rsecret\rx2gobroker\n";

    @TempDir
    private Path directory;

    @BeforeEach
    void writePamService() throws IOException {
        Files.createDirectory(directory.resolve("pam"));
        Files.writeString(
                directory.resolve("pam/x2gobroker"),
                "auth required " + Requirements.pamModule("pam_permit.so") + "\naccount required "
                        + Requirements.pamModule("pam_permit.so") + "\n");
    }

    private ActivatedService listen(Map<String, String> environment, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("--pam-confdir", "pam"));
        args.addAll(List.of(more));
        return ActivatedService.listen(directory, environment, args.toArray(String[]::new));
    }

    private static void connectOnly(ActivatedService service) throws IOException {
        try (RawPeer peer = service.connect()) {
            peer.shutdownOutput();
        }
    }

    @Test
    void inheritedSocketIsUsedAndLeftInPlace() throws Exception {
        try (ActivatedService service = listen(Map.of())) {
            Object identity = Files.readAttributes(service.socket(), "unix:ino,mode,uid,gid");
            assertThat(Program.ask(service.socket(), "jane", "secret", "x2gobroker"))
                    .isEqualTo("ok\n");

            service.restart(0);

            assertThat(Files.readAttributes(service.socket(), "unix:ino,mode,uid,gid", LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(identity);
            assertThat(Program.ask(service.socket(), "jane", "secret", "x2gobroker"))
                    .isEqualTo("ok\n");
            assertThat(service.statuses()).containsExactly("0");
            assertThat(service.log()).contains(" answers on " + service.socket() + " (passed to it), ");
            assertThat(service.errors()).isEmpty();
        }
    }

    @Test
    void inheritedSocketKeepsItInTheForeground() throws Exception {
        try (ActivatedService service = listen(Map.of(), "-D")) {
            connectOnly(service);
            Program.await(
                    "it has ended", () -> directory.resolve("statuses").toFile().length() > 0);
            assertThat(service.errors()).contains("--daemonize cannot be combined with socket activation");
            assertThat(service.statuses().get(0)).isEqualTo("1");
        }
    }

    @Test
    void serviceManagerIsNotifiedFromStartToStop() throws Exception {
        Path notify = directory.resolve("notify");
        try (NotifySocket manager = NotifySocket.at(notify.toString());
                ActivatedService service =
                        listen(Map.of("NOTIFY_SOCKET", notify.toString(), "WATCHDOG_USEC", "1500000"))) {
            try (RawPeer peer = service.connect()) {
                assertThat(manager.next()).isEqualTo("READY=1");
                assertThat(peer.send(REQUEST).reply()).isEqualTo("ok");
                assertThat(manager.next("answered so far: 1 ok 0 fail 0 bad 0 error"))
                        .contains("STATUS=1 connections, ");
                manager.next("WATCHDOG=1");
                service.running(0).destroy();
                manager.next("STOPPING=1");
            }
        }
    }

    @Test
    void metricsFileExistsUntilTheStop() throws Exception {
        Path metrics = directory.resolve("authservice.prom");
        try (ActivatedService service = listen(
                Map.of(), "--isolation", "process", "--metrics-file", metrics.toString(), "--metrics-interval", "1")) {
            assertThat(Program.ask(service.socket(), "jane", "secret", "x2gobroker"))
                    .isEqualTo("ok\n");
            Program.await("the login is counted", () -> {
                try {
                    return Files.exists(metrics)
                            && Files.readString(metrics).contains("authservice_pam_processes_healthy 1.0\n")
                            && Files.readString(metrics)
                                    .contains(
                                            "authservice_verdicts_total{service=\"x2gobroker\",verdict=\"ok\"} 1.0\n");
                } catch (IOException e) {
                    return false;
                }
            });
            Files.writeString(directory.resolve("stop"), "");
            service.restart(0);
            assertThat(metrics).doesNotExist();
        }
    }

    /** What came of a peer's logins; "again" are those that a connection did not take any more, and another one did. */
    private record Logins(long ok, long again, List<String> others) {}

    /** Logs in again and again on a connection that is kept for as long as the service takes requests on it. */
    private static Logins logInOnKeptConnectionsUntil(AtomicBoolean over, ActivatedService service) throws IOException {
        long ok = 0;
        long again = 0;
        List<String> others = new ArrayList<>();
        while (!over.get()) {
            try (RawPeer peer = service.connect()) {
                for (boolean first = true; !over.get(); first = false) {
                    try {
                        peer.send(REQUEST);
                    } catch (IOException e) {
                        if (first) {
                            others.add(e.toString());
                        }
                        again++; // nobody has read it
                        break;
                    }
                    String reply = peer.reply();
                    if (!reply.equals("ok")) {
                        others.add(reply);
                        break;
                    }
                    ok++;
                }
            }
        }
        return new Logins(ok, again, others);
    }

    /** Logs in again and again, each time on a connection of its own, as X2Go's broker does. */
    private static Logins logInUntil(AtomicBoolean over, ActivatedService service) {
        long ok = 0;
        List<String> others = new ArrayList<>();
        while (!over.get()) {
            try (RawPeer peer = service.connect()) {
                String reply = peer.send(REQUEST).reply();
                if (reply.equals("ok")) {
                    ok++;
                } else {
                    others.add(reply);
                }
            } catch (IOException e) {
                others.add(e.toString());
            }
        }
        return new Logins(ok, 0, others);
    }

    @Test
    void restartUnderLoadLosesNoLogin() throws Exception {
        int restarts = TestScope.choose(2, 5);
        int peers = 8;
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(peers + 2);
        try (ActivatedService service = listen(Map.of())) {
            List<Callable<Logins>> tasks = new ArrayList<>();
            List<Future<Logins>> running = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                tasks.add(() -> logInUntil(over, service));
            }
            tasks.add(() -> logInOnKeptConnectionsUntil(over, service));
            tasks.add(() -> logInOnKeptConnectionsUntil(over, service));
            tasks.forEach(task -> running.add(threads.submit(task)));
            long last = 0;
            for (int i = 0; i < restarts; i++) {
                assertThat(Program.ask(service.socket(), "jane", "secret", "x2gobroker"))
                        .isEqualTo("ok\n");
                Thread.sleep(500); // some load between the restarts
                last = service.restart(last);
            }
            assertThat(Program.ask(service.socket(), "jane", "secret", "x2gobroker"))
                    .isEqualTo("ok\n");
            over.set(true);
            long ok = 0;
            long again = 0;
            List<String> others = new ArrayList<>();
            for (Future<Logins> logins : running) {
                ok += logins.get().ok();
                again += logins.get().again();
                others.addAll(logins.get().others());
            }
            System.out.printf(
                    "Restart under load: %d logins over %d restarts by %d peers with a connection for each and 2 that keep"
                            + " theirs; without a verdict %d; asked again, on a new connection, since a kept one took no more: %d%n",
                    ok, restarts, peers, others.size(), again);
            assertThat(others).isEmpty();
            assertThat(ok).isGreaterThan(10L * restarts);
            assertThat(service.statuses()).hasSize(restarts).containsOnly("0");
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }
}
