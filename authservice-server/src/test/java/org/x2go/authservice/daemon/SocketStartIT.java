package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/** The start of the packaged program from the moment that its socket's file exists. */
class SocketStartIT {
    @TempDir
    Path directory;

    /** A client that waits for the path and connects at once must not be refused. */
    @Test
    void listenFollowsBindWithTheBacklogOfTheUnit() throws Exception {
        Path trace = directory.resolve("trace");
        Path pam = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(pam.resolve("x2gobroker"), "auth required pam_deny.so\n");
        try (ServerProcess server = ServerProcess.in(directory)
                .launcher(
                        Requirements.program("strace").toString(),
                        "-D",
                        // A file for each thread: calls of several tear each other's lines in two.
                        "-ff",
                        "-qq",
                        "-o",
                        trace.toString(),
                        "-e",
                        "trace=%file,%network,read,pread64")
                .args("--pam-confdir", pam.toString(), "--isolation", "thread")
                .start()) {
            server.awaitLog("answers on");
            server.stop();
        }

        String bind = "bind\\([0-9]+, .*\"" + directory.resolve("socket") + "\".*";
        List<String> following = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(directory, "trace.*")) {
            for (Path thread : threads) {
                List<String> calls = new ArrayList<>(Files.readAllLines(thread));
                calls.removeIf(line -> line.startsWith("--- SIG"));
                for (int i = 0; i < calls.size() - 1; i++) {
                    if (calls.get(i).matches(bind)) {
                        following.add(calls.get(i + 1));
                    }
                }
            }
        }
        String backlog = InstalledUnit.of("x2gobroker-authservice.socket").value("Backlog");
        assertThat(following).singleElement().asString().matches("listen\\([0-9]+, " + backlog + "\\).*");
    }
}
