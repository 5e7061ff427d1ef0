package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Requirements;

/** The environment, descriptors and working directory with which the installed commands start Java, here a fake one. */
class LauncherEnvironmentIT {
    private static final Path DIST = Path.of("../dist").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @BeforeEach
    void installFakeJava() throws Exception {
        Path java = Files.writeString(
                Files.createDirectories(directory.resolve("jre/bin")).resolve("java"),
                "#!/bin/sh\n[ \"$1\" != -version ] || exec echo 'version \"17\"'\nenv\nopen=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)\necho \"$open\" >'"
                        + directory + "/descriptors'\n");
        Files.setAttribute(java, "unix:mode", 0755);
    }

    private record Result(int status, String output) {}

    private Result run(String script, String program, Map<String, String> environment) throws Exception {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Requirements.program("sh").toString(),
                        "-c",
                        script,
                        DIST.resolve("bin").resolve(program).toString())
                .directory(Files.createDirectories(directory.resolve("cwd")).toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", directory.resolve("jre").toString());
        builder.environment().putAll(environment);
        return new Result(builder.start().waitFor(), Files.readString(output));
    }

    @ParameterizedTest
    @ValueSource(strings = {"authservice", "x2gobroker-authservice"})
    void javaToolOptionsAreIgnored(String program) throws Exception {
        Result ended = run(
                "exec \"$0\" --version",
                program,
                Map.of("JAVA_TOOL_OPTIONS", "-Xa", "JDK_JAVA_OPTIONS", "-Xb", "_JAVA_OPTIONS", "-Xc", "KEPT", "yes"));

        assertThat(ended.status()).isZero();
        assertThat(ended.output()).contains("KEPT=yes").doesNotContain("-Xa", "-Xb", "-Xc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authservice", "x2gobroker-authservice"})
    void closedStandardDescriptorsAreReplaced(String program) throws Exception {
        assertThat(run("exec \"$0\" --version <&- >&- 2>&-", program, Map.of()).status())
                .isZero();
        assertThat(directory.resolve("descriptors")).hasContent("/dev/null\n/dev/null\n/dev/null");
    }

    /** The JVM itself would exit with 1, which as the client's exit status means a refused password. */
    @ParameterizedTest
    @CsvSource({"authservice, 3", "x2gobroker-authservice, 1"})
    void removedWorkingDirectoryPreventsTheStart(String program, int status) throws Exception {
        Result ended = run("rmdir ../cwd && exec \"$0\" --version", program, Map.of());

        assertThat(ended.output()).contains(program + ": the directory that this was started in was removed");
        assertThat(ended.status()).isEqualTo(status);
        assertThat(directory.resolve("descriptors")).doesNotExist();
    }
}
