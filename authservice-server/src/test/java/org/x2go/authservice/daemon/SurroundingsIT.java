package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;

/**
 * The packaged program in a poor environment: no start directory, few files, no directory for libraries; and signals.
 */
class SurroundingsIT {
    @TempDir
    Path directory;

    private Path pam;

    @BeforeEach
    void serviceFile() throws Exception {
        pam = Files.createDirectory(directory.resolve("pam"));
        String permit = Requirements.pamModule("pam_permit.so").toString();
        Files.writeString(pam.resolve("x2gobroker"), "auth required " + permit + "\naccount required " + permit + "\n");
    }

    private ServerProcess.Builder server(String isolation) {
        return ServerProcess.in(directory)
                .args("--pam-confdir", pam.toString(), "--isolation", isolation, "--worker-max-requests", "1");
    }

    @Test
    void workerIsReplacedAfterTheStartDirectoryWasRemoved() throws Exception {
        String gone = Files.createDirectory(directory.resolve("gone")).toString();
        try (ServerProcess service = server("process")
                .launcher(Requirements.program("sh").toString(), "-c", "cd \"$0\" && exec \"$@\"", gone)
                .start()) {
            Files.delete(Path.of(gone));
            for (int i = 0; i < 3; i++) {
                assertThat(service.ask("jane", "secret", "x2gobroker")).isEqualTo("ok");
            }
            // Each worker serves once: some have ended by now.
            Program.await(
                    "a worker runs in /", () -> children(service.pid()).stream().anyMatch(SurroundingsIT::isInRoot));
        }
    }

    private static boolean isInRoot(long process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process + "/cwd")).equals(Path.of("/"));
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Long> children(long pid) {
        return ProcessHandle.of(pid)
                .orElseThrow()
                .children()
                .map(ProcessHandle::pid)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread", "process"})
    void sighupIsLoggedAndStopsNothing(String isolation) throws Exception {
        try (ServerProcess service = server(isolation)
                // Undoes an ignored SIGHUP, which the service would inherit if the tests were started by nohup(1).
                .launcher(Requirements.program("env").toString(), "--default-signal=HUP")
                .args("--worker-max-requests", "100", "--workers", "1")
                .start()) {
            assertThat(service.ask("jane", "secret", "x2gobroker")).isEqualTo("ok");
            List<Long> workers = children(service.pid());
            send("HUP", service.pid());
            for (long worker : workers) {
                send("HUP", worker);
            }
            service.awaitLog("SIGHUP ignored");
            assertThat(service.ask("jane", "secret", "x2gobroker")).isEqualTo("ok");
            assertThat(children(service.pid())).containsAll(workers);
        }
    }

    @Test
    void checkOfARunningServiceFindsNoProblem() throws Exception {
        try (ServerProcess service = server("thread").start()) {
            Program.Result ended = new Program(Files.createDirectory(directory.resolve("check")), Map.of())
                    .run("--check-config", "-i", "-s", service.socket().toString(), "--pam-confdir", pam.toString());
            assertThat(ended.status()).as(ended.out()).isZero();
            assertThat(ended.out()).contains("is in use by a running authservice, process " + service.pid());
        }
    }

    @Test
    void checkFindsALogThatTheUserCannotWrite() throws Exception {
        Requirements.root();
        Files.setAttribute(directory, "unix:mode", 0755);
        Path logs = Files.createDirectory(directory.resolve("logs"));
        Path log = Files.writeString(logs.resolve("log"), "a line\n");
        Files.setAttribute(logs, "unix:uid", 4_000_000);
        List<String> asStranger = List.of(
                Requirements.program("setpriv").toString(),
                "--reuid",
                "4000000",
                "--regid",
                "4000000",
                "--clear-groups");
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Files.setAttribute(scratch, "unix:uid", 4_000_000);
        Program program = new Program(directory, Map.of("JDK_JAVA_OPTIONS", "-Djna.tmpdir=" + scratch), asStranger);
        String[] args = {
            "--check-config", "-s", scratch + "/socket", "--auth-log", log.toString(), "--pam-confdir", pam.toString()
        };
        assertThat(program.run(args).status()).isEqualTo(1);
        assertThat(program.read("out")).contains("problem: the log " + log + " cannot be written to by ");

        Files.setAttribute(log, "unix:uid", 4_000_000);
        assertThat(program.run(args).status()).as(program.read("out")).isZero();
    }

    @Test
    void checkWarnsOfLimitsBeyondTheHeap() throws Exception {
        Program program = Program.on(List.of("-Xmx96m"), directory);
        String[] args = {
            "--check-config",
            "-s",
            "socket",
            "--auth-log",
            "log",
            "--pam-confdir",
            pam.toString(),
            "--max-unread-bytes",
            "0"
        };
        args[args.length - 1] = "25165824";
        assertThat(program.run(args).out()).doesNotContain("warning: clients can use ");
        args[args.length - 1] = "1073741824";
        assertThat(program.run(args).out()).contains("warning: clients can use ");
    }

    private static void send(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder(Requirements.program("kill").toString(), "-" + signal, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread", "process"})
    void tooLowFileLimitIsNamed(String isolation) throws Exception {
        Program program = new Program(
                directory, Map.of(), List.of(Requirements.program("prlimit").toString(), "--nofile=64:64"));
        String[] args = {"-s", "socket", "--auth-log", "log", "--pam-confdir", pam.toString(), "--isolation", isolation
        };
        Program.Result ended = program.run(args);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("may have 64 files open", "ulimit -n").hasLineCount(1);
        assertThat(directory.resolve("socket")).doesNotExist();

        String[] check = Arrays.copyOf(args, args.length + 1);
        check[args.length] = "--check-config";
        assertThat(program.run(check).status()).isEqualTo(1);
        assertThat(program.read("out")).contains("problem: this process may have 64 files open");
    }

    /** With a file system of its own, which is there for the program alone. */
    @ParameterizedTest
    @CsvSource({"noexec, java.io.tmpdir", "ro, java.io.tmpdir", "noexec, jna.tmpdir", "ro, jna.tmpdir"})
    void unusableNativeLibraryDirectoryIsNamed(String mount, String property) throws Exception {
        Requirements.root();
        Path place = Files.createDirectory(directory.resolve("place"));
        String script = "mount -t tmpfs -o " + mount + " none '" + place + "' || exit 99; \"$0\" \"$@\"; status=$?;"
                + " ls -A '" + place + "' >left; exit $status";
        List<String> launcher = List.of(
                Requirements.program("unshare").toString(),
                "--mount",
                Requirements.program("sh").toString(),
                "-c",
                script);
        Program program = new Program(directory, Map.of("JDK_JAVA_OPTIONS", "-D" + property + "=" + place), launcher);
        String[] args = {"-s", "socket", "--auth-log", "log", "--pam-confdir", pam.toString()};

        Program.Result ended = program.run(args);

        assertThat(ended.status()).as(ended.err()).isEqualTo(1);
        String option = property.equals("jna.tmpdir") ? property : "io.netty.native.workdir";
        assertThat(ended.err().lines().filter(line -> !line.startsWith("NOTE: Picked up")))
                .singleElement()
                .asString()
                .startsWith("x2gobroker-authservice: cannot load the native library of ")
                .contains(" from " + place + ": ", "-D" + option + "=DIR");
        assertThat(directory.resolve("socket")).doesNotExist();
        assertThat(directory.resolve("left")).isEmptyFile();

        assertThat(program.run("--check-config", "-s", "socket", "--auth-log", "log", "--pam-confdir", pam.toString())
                        .status())
                .isEqualTo(1);
        assertThat(program.read("out") + program.read("err"))
                .contains("cannot load the native library of ", " from " + place);
        assertThat(directory.resolve("left")).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--check-config", "--pam-worker"})
    void processorWithoutNativeLibrariesIsNamedInOneLine(String mode) throws Exception {
        Program program = new Program(directory, Map.of("JDK_JAVA_OPTIONS", "-Dos.arch=riscv64"));
        List<String> args = new ArrayList<>(List.of("--pam-confdir", pam.toString()));
        if (!mode.equals("--pam-worker")) {
            args.addAll(List.of("-s", "socket", "--auth-log", "log"));
        }
        if (!mode.isEmpty()) {
            args.add(0, mode);
        }

        Program.Result ended = program.run(args.toArray(new String[0]));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err().lines().filter(line -> !line.startsWith("NOTE: Picked up")))
                .singleElement()
                .asString()
                .endsWith(
                        ": there is no native library of JNA for the processor riscv64: this program runs on aarch64 and amd64");
        assertThat(directory.resolve("socket")).doesNotExist();
        assertThat(directory.resolve("log")).doesNotExist();
    }
}
