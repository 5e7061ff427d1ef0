package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.ServerProcess;

/** The JVM's crash report when a module crashes it, without the launcher's options, which disable the report. */
class CrashReportIT {
    @TempDir
    Path directory;

    @Test
    void crashReportIsNotReadableByOthers() throws Exception {
        Path module = ProbeModule.compileHavocIn(directory);
        Path services = Files.createDirectory(directory.resolve("services"));
        Files.write(
                services.resolve("bad"),
                List.of("auth required " + module + " segv", "account required pam_permit.so"));
        Path server = directory.resolve("server");
        try (ServerProcess service = ServerProcess.in(server)
                .allow(List.of("bad"))
                .args("--pam-confdir", services.toString(), "--isolation", "thread")
                .start()) {
            service.awaitLog("answers on");
            try (RawPeer peer = service.connect()) {
                peer.send("alice\rsecret\rbad\n");
                Program.await(
                        "the JVM reports its crash", () -> !reports(server).isEmpty());
            }
            assertThat(reports(server))
                    .allSatisfy(report -> assertThat(Files.getPosixFilePermissions(report))
                            .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.GROUP_WRITE));
        }
    }

    private static List<Path> reports(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("hs_err_pid"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
