package org.x2go.authservice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.NotifySocket;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.ServerProcess;

/** The service sends systemd keep-alives, unless no PAM worker can be started, for which a restart may help. */
class WorkerWatchdogIT {
    private static final String SIGN_OF_LIFE = "WATCHDOG=1";
    private static final String NO_WORKER = "no other can be started";

    @TempDir
    Path directory;

    private ServerProcess.Builder server(String auth) throws IOException {
        Path services = Files.createDirectories(directory.resolve("services"));
        Files.write(services.resolve("x2gobroker"), List.of(auth, "account required pam_permit.so"));
        return ServerProcess.in(directory.resolve("server"))
                .environment("NOTIFY_SOCKET", notifySocket().toString())
                .environment("WATCHDOG_USEC", "600000")
                .args("--pam-confdir", services.toString(), "--isolation", "process");
    }

    private Path notifySocket() {
        return directory.resolve("notify");
    }

    @Test
    void noKeepAliveWhileWorkersCrashAtTheirStart() throws Exception {
        // What a worker's JVM reads first of all: without it none starts, as when Java was upgraded or taken away.
        Path options = directory.resolve("options");
        try (NotifySocket manager = NotifySocket.at(notifySocket().toString());
                ServerProcess server = server("auth required pam_permit.so")
                        .javaOptions("-Dauthservice.worker.archive=-XX:VMOptionsFile=" + options)
                        .start()) {
            manager.next(SIGN_OF_LIFE);
            assertThat(manager.next(NO_WORKER)).as("nobody has asked").contains(SIGN_OF_LIFE);
            server.awaitLog("ERROR", "no PAM worker could be started");
            assertThat(server.ask("alice", "secret", "x2gobroker")).isEqualTo("error");
            manager.next(" 1 error");

            Files.createFile(options);
            List<String> before = new ArrayList<>();
            String message = manager.next();
            while (message.contains(NO_WORKER) || !message.contains("STATUS=")) {
                before.add(message);
                message = manager.next();
            }
            assertThat(message).contains(SIGN_OF_LIFE);
            assertThat(before).noneMatch(earlier -> earlier.contains(SIGN_OF_LIFE));
            assertThat(server.ask("alice", "secret", "x2gobroker")).isEqualTo("ok");
            server.awaitLog("PAM workers can be started again");
        }
    }

    @Test
    void keepAliveContinuesWhileAModuleCrashesInEveryLogin() throws Exception {
        Path module = ProbeModule.compileHavocIn(directory);
        try (NotifySocket manager = NotifySocket.at(notifySocket().toString());
                ServerProcess server =
                        server("auth required " + module + " kill").start()) {
            for (int i = 0; i < 7; i++) {
                assertThat(server.ask("mallory", "secret", "x2gobroker")).isEqualTo("error");
            }
            manager.next("crash repeatedly");
            assertThat(server.ask("mallory", "secret", "x2gobroker")).isEqualTo("error");
            manager.forget();
            assertThat(manager.next(SIGN_OF_LIFE)).doesNotContain(NO_WORKER);
        }
    }
}
