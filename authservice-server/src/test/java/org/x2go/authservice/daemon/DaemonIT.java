package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;

/** The packaged program as a running service: in the foreground and the background, its signals, its log. */
class DaemonIT {
    private static final long TIMEOUT_SECONDS = 60;

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void createFiles() throws IOException {
        directory = directory.toRealPath();
        socket = directory.resolve("run/socket");
        Files.createDirectory(directory.resolve("logs"));
        Files.createDirectory(directory.resolve("pam"));
        writePamService("auth required " + Requirements.pamModule("pam_permit.so") + "\n");
    }

    @AfterEach
    void endWhatIsLeft() throws IOException {
        Path pidFile = directory.resolve("run/pid");
        if (Files.exists(pidFile)) {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private void writePamService(String authLine) throws IOException {
        Files.writeString(
                directory.resolve("pam/x2gobroker"),
                authLine + "account required " + Requirements.pamModule("pam_permit.so") + "\n");
    }

    private Program program(Map<String, String> environment) {
        return new Program(directory, environment);
    }

    private static String[] args(String... more) {
        String[] all = new String[6 + more.length];
        System.arraycopy(new String[] {"-s", "run/socket", "--pam-confdir", "pam", "--workers", "4"}, 0, all, 0, 6);
        System.arraycopy(more, 0, all, 6, more.length);
        return all;
    }

    private static String[] background() {
        return args("-D", "-P", "run/pid", "-L", "logs", "--auth-log", "logs/log");
    }

    private Process startInForeground(Program program, String... more) throws Exception {
        Process process = program.start(args(more));
        Program.await("the service answers", () -> !process.isAlive() || Program.answers(socket));
        assertThat(process.isAlive())
                .as("running; stderr: %s", program.read("err"))
                .isTrue();
        return process;
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve("run/pid")).strip());
    }

    private static void stop(ProcessHandle process) throws Exception {
        process.destroy();
        process.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static void signal(Process process, String signal) throws Exception {
        Process kill = new ProcessBuilder(
                        Requirements.program("kill").toString(), "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private List<String> log() throws IOException {
        return Files.readAllLines(directory.resolve("logs/log"));
    }

    private void awaitInLog(String text) throws InterruptedException {
        Program.await("the log says" + text, () -> {
            try {
                return log().stream().anyMatch(line -> line.contains(text));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void parentExitsOnceTheDaemonAnswers() throws Exception {
        Program.Result starter = program(Map.of()).run(background());

        assertThat(starter).isEqualTo(new Program.Result(0, "", ""));
        assertThat(Program.ask(socket, "jane", "secret", "x2gobroker")).isEqualTo("ok\n");
        ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
        Path proc = Path.of("/proc/" + pid());
        assertThat(proc.resolve("cwd").toRealPath()).isEqualTo(Path.of("/"));
        assertThat(proc.resolve("fd/0").toRealPath()).isEqualTo(Path.of("/dev/null"));
        assertThat(proc.resolve("fd/1").toRealPath())
                .isEqualTo(directory.resolve("logs/x2gobroker-authservice.stdout"));
        assertThat(proc.resolve("fd/2").toRealPath())
                .isEqualTo(directory.resolve("logs/x2gobroker-authservice.stderr"));
        // The fields after the name, which is in parentheses: state, parent, process group, session.
        String stat = Files.readString(proc.resolve("stat"));
        assertThat(stat.substring(stat.lastIndexOf(')')).split(" ", -1)[4]).isEqualTo(Long.toString(pid()));

        stop(process);

        assertThat(directory.resolve("run/pid")).doesNotExist();
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(log().get(0)).contains(" INFO  authservice ", " answers on " + socket + " (", ", 4 workers");
        assertThat(log().get(log().size() - 1)).endsWith(" INFO  Stopped");
        assertThat(directory.resolve("logs/x2gobroker-authservice.stdout")).isEmptyFile();
        assertThat(directory.resolve("logs/x2gobroker-authservice.stderr")).isEmptyFile();
    }

    @Test
    void secondDaemonOnTheSameSocketFailsWithAMessage() throws Exception {
        assertThat(program(Map.of()).run(background()).status()).isZero();
        long first = pid();

        Program.Result second = program(Map.of()).run(background());

        assertThat(second.status()).isEqualTo(1);
        assertThat(second.out()).isEmpty();
        assertThat(second.err())
                .startsWith("x2gobroker-authservice: ")
                .contains(socket.toString())
                .hasLineCount(1);
        assertThat(pid()).isEqualTo(first);
        assertThat(Program.ask(socket, "jane", "secret", "x2gobroker")).isEqualTo("ok\n");
        stop(ProcessHandle.of(first).orElseThrow());
    }

    @Test
    void unwritablePidFileLeavesNothingBehind() throws Exception {
        Files.createDirectories(directory.resolve("run/pid-directory"));

        Program.Result ended =
                program(Map.of()).run(args("-D", "-P", "run/pid-directory", "-L", "logs", "--auth-log", "logs/log"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).startsWith("x2gobroker-authservice: cannot write the PID file ");
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void linkInTheLogDirectoryIsRefused() throws Exception {
        Path target = Files.createFile(directory.resolve("target"));
        Files.createSymbolicLink(directory.resolve("logs/x2gobroker-authservice.stderr"), target);

        Program.Result ended = program(Map.of()).run(background());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("it is a symbolic link");
        assertThat(target).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void sigtermAndSigintExitWithZero(String signal) throws Exception {
        // Undoes an ignored SIGINT, which the service would inherit if the tests run in the background of a script.
        List<String> launcher = List.of(Requirements.program("env").toString(), "--default-signal=INT");
        Program program = new Program(directory, Map.of(), launcher);
        Process process = startInForeground(program, "--auth-log", "logs/log");
        assertThat(Program.ask(socket, "jane", "secret", "x2gobroker")).isEqualTo("ok\n");

        signal(process, signal);

        assertThat(Program.end(process)).isZero();
        assertThat(log().get(log().size() - 1)).endsWith(" INFO  Stopped");
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(program.read("out")).isEmpty();
        assertThat(program.read("err")).isEmpty();
    }

    @Test
    void sigintThatIsIgnoredAtTheStartStaysIgnored() throws Exception {
        List<String> launcher = List.of(Requirements.program("env").toString(), "--ignore-signal=INT");
        Process process = startInForeground(new Program(directory, Map.of(), launcher), "--auth-log", "logs/log");

        signal(process, "INT");

        assertThat(Program.ask(socket, "jane", "secret", "x2gobroker")).isEqualTo("ok\n");
        // If SIGINT had begun a stop, this second signal would end the service at once, with a status other than 0.
        signal(process, "TERM");
        assertThat(Program.end(process)).isZero();
    }

    @Test
    void secondSignalExitsAtOnce() throws Exception {
        Path started = directory.resolve("started");
        Path script = Files.writeString(
                directory.resolve("hang"), "#!/bin/sh\necho $$ > '" + started + "'\nexec sleep 600\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        writePamService("auth required " + Requirements.pamModule("pam_exec.so") + " " + script + "\n");
        Process process = startInForeground(program(Map.of()), "--auth-log", "logs/log");
        Thread asking = new Thread(() -> {
            try {
                Program.ask(socket, "jane", "secret", "x2gobroker");
            } catch (IOException | IndexOutOfBoundsException e) {
                // The service is killed before it can answer.
            }
        });
        asking.start();
        Program.await("the module runs", () -> started.toFile().length() > 0);
        try {
            signal(process, "TERM");
            awaitInLog(" INFO  Stopping");
            signal(process, "TERM");

            assertThat(Program.end(process)).isEqualTo(128 + 15);
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(started).strip()))
                    .ifPresent(ProcessHandle::destroyForcibly);
            asking.join();
        }
    }

    @Test
    void interactiveDebugLogsToStderr() throws Exception {
        Program program = program(Map.of());
        Process process = startInForeground(program, "-i");
        signal(process, "TERM");
        assertThat(Program.end(process)).isZero();

        assertThat(program.read("err")).contains(" INFO  authservice ").endsWith(" INFO  Stopped\n");
    }

    @Test
    void journalLinesHavePriorities() throws Exception {
        // Sets JOURNAL_STREAM as systemd does.
        List<String> launcher = List.of(
                Requirements.program("sh").toString(),
                "-c",
                "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM; exec \"$@\"",
                "sh");
        Program program = new Program(directory, Map.of(), launcher);
        Process process = startInForeground(program);
        Program.ask(socket, "jane", "secret", "x2gobroker");
        Program.ask(socket, "jane", "secret", "nosuch");
        signal(process, "TERM");
        assertThat(Program.end(process)).isZero();

        assertThat(program.read("err"))
                .startsWith("<6>INFO  authservice ")
                .contains("\n<6>INFO  ok user=\"jane\" service=\"x2gobroker\"")
                .contains("\n<6>INFO  fail user=\"jane\" service=\"nosuch\"")
                .endsWith("\n<6>INFO  Stopped\n");
    }

    @Test
    void unreadStderrDoesNotDelayTheStop() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder(Requirements.program("mkfifo").toString(), pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        try (RandomAccessFile ends = new RandomAccessFile(pipe.toFile(), "rw")) {
            // As much as goes into a pipe (pipe(7)).
            ends.write(new byte[64 * 1024]);
            List<String> launcher = List.of(Requirements.program("sh").toString(), "-c", "exec \"$@\" 2>" + pipe, "sh");
            Process process = startInForeground(new Program(directory, Map.of(), launcher), "-i");
            assertThat(Program.ask(socket, "jane", "secret", "x2gobroker")).isEqualTo("ok\n");

            signal(process, "TERM");

            assertThat(Program.end(process)).isZero();
        }
    }

    @Test
    void rotatedLogContinuesInANewFile() throws Exception {
        Process process = startInForeground(program(Map.of()), "--auth-log", "logs/log");
        awaitInLog(" answers on ");
        Files.move(directory.resolve("logs/log"), directory.resolve("logs/log.1"));
        Program.ask(socket, "jane", "secret", "x2gobroker");
        signal(process, "TERM");
        assertThat(Program.end(process)).isZero();

        assertThat(directory.resolve("logs/log.1")).content().contains(" answers on ");
        assertThat(log()).anyMatch(line -> line.contains("jane"));
        assertThat(log()).noneMatch(line -> line.contains(" answers on "));
    }

    @Test
    void configuredLog4jFileIsUsed() throws Exception {
        String example = Files.readString(Path.of("../dist/conf/log4j2.xml"));
        Path file = Files.writeString(
                directory.resolve("log4j2.xml"), example.replace(">/var/log/authservice<", ">" + directory + "<"));
        Program program = program(Map.of("X2GOBROKER_AUTHSERVICE_LOGCONFIG", file.toString()));
        Process process = startInForeground(program);
        signal(process, "TERM");
        assertThat(Program.end(process)).isZero();

        assertThat(directory.resolve("authservice.log"))
                .content()
                .contains(" answers on ")
                .endsWith(" INFO  Stopped\n");
        assertThat(program.read("err")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Configuration><Appenders>",
                "<Configuration/>",
                "<Configuration><Appenders><NoSuchAppender name='a'/></Appenders></Configuration>",
                "<Configuration><Appenders><ReopeningFile name='a' fileName='/no/such/log'><PatternLayout/></ReopeningFile>"
                        + "</Appenders><Loggers><Root><AppenderRef ref='a'/></Root></Loggers></Configuration>",
                "<Configuration><Appenders><Console name='a'/></Appenders>"
                        + "<Loggers><Root><AppenderRef ref='b'/></Root></Loggers></Configuration>",
                "appender.a.type = NoSuchAppender\nappender.a.name = a\nrootLogger.appenderRef.a.ref = a",
                "{}",
                ""
            })
    void brokenLog4jFilePreventsTheStart(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("log4j2.xml"), text);
        Program.Result ended = program(Map.of("X2GOBROKER_AUTHSERVICE_LOGCONFIG", file.toString()))
                .run(args());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .startsWith("x2gobroker-authservice: the log configuration " + file + " cannot be used: ")
                .hasLineCount(1);
    }

    /** LogConfigurationCheckTest has the rest of what may be wrong with it. */
    @Test
    void checkConfigReportsABrokenLog4jFile() throws Exception {
        Path file = Files.writeString(directory.resolve("log4j2.xml"), "<Configuration/>");
        Program.Result checked = program(Map.of("X2GOBROKER_AUTHSERVICE_LOGCONFIG", file.toString()))
                .run(args("--check-config"));

        assertThat(checked.status()).isEqualTo(1);
        assertThat(checked.err()).isEmpty();
        assertThat(checked.out().lines().filter(line -> line.startsWith("problem: ")))
                .singleElement()
                .asString()
                .startsWith("problem: the log configuration " + file + " cannot be used: ");
    }
}
