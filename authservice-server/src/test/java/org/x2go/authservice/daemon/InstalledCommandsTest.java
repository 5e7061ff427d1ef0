package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.LauncherOptions;
import org.x2go.authservice.worker.pool.JavaCommand;

/** How the installed commands start Java. Tested with a fake Java that prints its arguments, in a tree without jars. */
class InstalledCommandsTest {
    private static final Path DIST = Path.of("../dist").toAbsolutePath().normalize();
    private static final Path WORKER = Path.of("src/main/resources/org/x2go/authservice/worker/pool/worker.args");

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private Path tree;
    private Path java;

    @BeforeEach
    void makeTree() throws IOException {
        // With a blank in its name.
        tree = Files.createDirectories(directory.resolve("installed tree"));
        for (String file : List.of(
                "bin/authservice",
                "bin/x2gobroker-authservice",
                "libexec/jvm.sh",
                "libexec/pam-worker",
                "libexec/make-archive",
                "libexec/server.args",
                "libexec/client.args")) {
            Files.createDirectories(tree.resolve(file).getParent());
            Files.copy(DIST.resolve(file), tree.resolve(file));
        }
        Files.copy(WORKER, tree.resolve("libexec/worker.args"));
        java = Files.createDirectories(directory.resolve("java/bin")).resolve("java");
    }

    /** Makes a fake Java that prints its arguments. */
    private void installJava(String version) throws IOException {
        Files.writeString(java, """
                #!/bin/sh
                case $1 in
                  -version) echo 'openjdk version "%s" 2024-01-16' >&2 ;;
                  *) printf '%%s\\n' "$@" ;;
                esac
                """.formatted(version));
        Files.setAttribute(java, "unix:mode", 0755);
    }

    private record Result(int status, List<String> lines) {}

    private Result run(String command, String... args) throws Exception {
        List<String> words = new ArrayList<>(List.of(tree.resolve(command).toString()));
        words.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", directory.resolve("java").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.lines().toList());
    }

    @ParameterizedTest
    @CsvSource({
        "bin/x2gobroker-authservice, 1.8.0_392, 1, 1",
        "bin/x2gobroker-authservice, 16.0.2, 16, 1",
        "libexec/pam-worker, 11.0.22, 11, 1",
        "libexec/make-archive, 11.0.22, 11, 1",
        "bin/authservice, 11.0.22, 11, 3"
    })
    void oldJavaIsExplainedInOneLine(String command, String version, String major, int status) throws Exception {
        installJava(version);

        Result result = run(command);

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.lines())
                .singleElement()
                .asString()
                .contains(java + " is of version " + major + ": install a Java runtime, 17 or newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.15", "25", "26-ea"})
    void java17OrNewerIsStarted(String version) throws Exception {
        installJava(version);

        assertThat(run("bin/authservice", "login", "alice").lines()).endsWith("login", "alice");
    }

    @ParameterizedTest
    @CsvSource({
        "bin/x2gobroker-authservice, server.args",
        "bin/authservice, client.args",
        "libexec/pam-worker, worker.args"
    })
    void commandGivesJavaItsOwnArgumentFile(String command, String file) throws Exception {
        installJava("17.0.15");

        assertThat(run(command, "--help").lines())
                .startsWith("@" + tree.resolve("libexec").resolve(file))
                .filteredOn(argument -> argument.startsWith("-X"))
                .isEmpty();
    }

    /**
     * The fake Java exits at once, so make-archive fails, and its error message quotes the arguments that the fake Java
     * printed.
     */
    @Test
    void archiveIsMadeWithTheServicesJavaOptions() throws Exception {
        installJava("17.0.15");
        environment.put("X2GOBROKER_AUTHSERVICE_JAVA_OPTIONS", "-Xss1m -Xmx128m");

        assertThat(run("libexec/make-archive").lines()).contains("-Xss1m", "-Xmx128m");
    }

    @Test
    void spawnedWorkerHasTheOptionsOfThePamWorkerCommand() throws Exception {
        List<String> options = LauncherOptions.read(WORKER);

        assertThat(options).hasSizeGreaterThan(10);
        assertThat(JavaCommand.of("Main", List.of()).subList(1, 1 + options.size()))
                .isEqualTo(options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.args", "worker.args", "client.args"})
    void everyJvmHasTheOptionsThatProtectPasswords(String file) throws Exception {
        assertThat(LauncherOptions.read(tree.resolve("libexec").resolve(file)))
                .contains(
                        "-XX:ErrorFile=/dev/null",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:+DisableAttachMechanism",
                        "-XX:-UsePerfData",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:+DisplayVMOutputToStderr",
                        "-Xlog:disable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.args", "worker.args", "client.args"})
    void thisJavaUnderstandsTheArgumentFile(String file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + tree.resolve("libexec").resolve(file),
                        "-version")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
    }
}
