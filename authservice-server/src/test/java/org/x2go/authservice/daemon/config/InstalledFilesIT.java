package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.daemon.InstalledUnit.SERVICE;
import static org.x2go.authservice.daemon.InstalledUnit.WORKER;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.daemon.InstalledUnit;
import org.x2go.authservice.daemon.process.BackgroundStart;
import org.x2go.authservice.server.Limit;
import org.x2go.authservice.testsupport.Requirements;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The files that are installed with the program, looked at by the programs that will read them. */
class InstalledFilesIT {
    private static final Path DIST = Path.of("../dist").toAbsolutePath().normalize();
    private static final Path UNITS = DIST.resolve("systemd");
    private static final Pattern EXPOSURE = Pattern.compile("Overall exposure level for [^:]*: ([0-9.]+) ");

    /** The JVM's and the service's, with plenty of room. */
    private static final int OWN_THREADS = 128;

    @TempDir
    Path directory;

    /** Runs a program to its end, and returns all it says. */
    private String run(String program, String... args) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Requirements.program(program).toString()));
        command.addAll(List.of(args));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        var unused = process.waitFor();
        return Files.readString(output);
    }

    /** More hardening is welcome, less of it needs a reason. The figures are those of systemd 252, of Debian 12. */
    @ParameterizedTest
    @CsvSource({
        SERVICE + ", '', 0.5",
        SERVICE + ", one-process, 2.5",
        WORKER + ", '', 2.5",
        WORKER + ", strict, 1.6",
        WORKER + ", unprivileged, 1.6",
        WORKER + ", as-user, 3.0",
        WORKER + ", security-key, 3.0"
    })
    void unitsStayBelowTheirExposureLimit(String name, String dropin, double most) throws Exception {
        InstalledUnit unit = dropin.isEmpty() ? InstalledUnit.of(name) : InstalledUnit.of(name, dropin);
        Path file = Files.writeString(directory.resolve(name), unit.text());

        String report = run("systemd-analyze", "security", "--offline=true", "--no-pager", file.toString());

        Matcher exposure = EXPOSURE.matcher(report);
        assertThat(exposure.find()).as(report).isTrue();
        System.out.println("Exposure of " + name + " " + dropin + ": " + exposure.group(1));
        assertThat(Double.parseDouble(exposure.group(1))).as(report).isLessThanOrEqualTo(most);
    }

    @Test
    void archiveReplacesNothingThatIsNotARegularFile() throws Exception {
        Path programs = Files.createDirectories(directory.resolve("tree/libexec"));
        Path script = Files.copy(DIST.resolve("libexec/make-archive"), programs.resolve("make-archive"));
        Files.copy(DIST.resolve("libexec/jvm.sh"), programs.resolve("jvm.sh"));
        Path archives = Files.createDirectory(directory.resolve("tree/archive"));
        Path target = Files.writeString(directory.resolve("target"), "important");
        Path link = Files.createSymbolicLink(archives.resolve("worker"), target);

        assertThat(run("sh", script.toString())).contains(link + " is not a regular file, and left alone");
        assertThat(link).isSymbolicLink();

        Files.delete(link);
        Files.setAttribute(archives, "unix:mode", 0777);
        assertThat(run("sh", script.toString())).contains("others may write to " + archives);
        assertThat(archives).isEmptyDirectory();
    }

    /** The JVM makes a thread for each signal: at the limit it would have none for SIGTERM. */
    @ParameterizedTest
    @ValueSource(strings = {"", "one-process"})
    void tasksMaxIsWellAboveTheServicesThreads(String dropin) throws Exception {
        InstalledUnit unit = dropin.isEmpty() ? InstalledUnit.of(SERVICE) : InstalledUnit.of(SERVICE, dropin);

        assertThat(Integer.parseInt(unit.value("TasksMax"))).isGreaterThan(2 * (Limit.WORKERS.most() + OWN_THREADS));
    }

    @Test
    void workersAreKilledFirstWhenMemoryRunsOut() throws Exception {
        assertThat(Integer.parseInt(InstalledUnit.of(WORKER).value("OOMScoreAdjust")))
                .isPositive();
        assertThat(InstalledUnit.of(SERVICE).value("OOMScoreAdjust")).isEmpty();
        assertThat(InstalledUnit.of(SERVICE).value("OOMPolicy")).isEqualTo("continue");
    }

    @Test
    void systemdAcceptsTheUnits() throws Exception {
        List<String> command = new ArrayList<>(List.of("verify", "--man=no"));
        try (DirectoryStream<Path> units = Files.newDirectoryStream(UNITS, "*.{service,socket}")) {
            for (Path unit : units) {
                // It also wants to see the programs, which need not be installed here.
                String text = Files.readString(unit).replaceAll("(?m)^ExecStart=\\S+", "ExecStart=/bin/true");
                command.add(Files.writeString(directory.resolve(unit.getFileName()), text)
                        .toString());
            }
        }
        assertThat(command).hasSize(7);

        assertThat(run("systemd-analyze", command.toArray(String[]::new)))
                .doesNotContain(directory.toString(), "x2gobroker-authservice");
    }

    @Test
    void optionsInTheUnitExist() throws Exception {
        Matcher start = Pattern.compile("(?m)^ExecStart=/usr/sbin/x2gobroker-authservice (.*) \\$\\w+$")
                .matcher(Files.readString(UNITS.resolve(SERVICE)));
        assertThat(start.find()).isTrue();

        Options options = new CommandLineParser(SettingSources.none())
                .parse(start.group(1).split(" ", -1));

        assertThat(options.pam.isolation).isEqualTo(Isolation.Mode.PROCESS);
        assertThat(Files.readString(UNITS.resolve("x2gobroker-authservice-worker.socket")))
                .contains("ListenStream=" + options.pam.workerSocket + "\n");
        assertThat(Files.readString(UNITS.resolve("x2gobroker-authservice.socket")))
                .contains(
                        "ListenStream=" + SettingsReader.SOCKET + "\n",
                        "SocketGroup=x2gobroker\n",
                        "SocketMode=0660\n");
    }

    @ParameterizedTest
    @CsvSource({"x2gobroker-authservice.8", "x2gobroker-authservice.default.5", "authservice.1"})
    void manPagesHaveNoFormatErrors(String page) throws Exception {
        String complaints = run("mandoc", "-Tlint", DIST.resolve("man/" + page).toString());

        // Which other pages there are is a matter of the machine.
        assertThat(complaints.lines().filter(line -> !line.contains("referenced manual not found")))
                .filteredOn(line -> !line.contains("outdated mandoc.db"))
                .isEmpty();
    }

    @Test
    void manPageHasEveryOptionOfTheHelp() throws IOException {
        String page = Files.readString(DIST.resolve("man/x2gobroker-authservice.8"));
        Matcher option = Pattern.compile("(?<=[ ,])--?[a-zA-Z][a-z-]*")
                .matcher(firstLines(new CommandLineParser(SettingSources.none()).help()));
        int options = 0;
        while (option.find()) {
            assertThat(page)
                    .containsPattern("(Fl|,) " + Pattern.quote(option.group().substring(1)) + "[ ,\n]");
            options++;
        }
        assertThat(options).isGreaterThan(40);
    }

    /** The lines in which options begin. */
    private static String firstLines(String help) {
        return help.lines().filter(line -> line.matches(" {2,6}-.*")).collect(Collectors.joining("\n"));
    }

    @Test
    void bashCompletesOptions() throws Exception {
        Path script = Files.writeString(
                directory.resolve("completion"), AutoComplete.bash(Options.PROGRAM, new CommandLine(new Options())));

        String words = run(
                "bash",
                "-c",
                ". \"$1\"; COMP_WORDS=(x2gobroker-authservice --max-a); COMP_CWORD=1; _complete_x2gobroker-authservice;"
                        + " echo \"${COMPREPLY[@]}\"",
                "bash",
                script.toString());

        assertThat(words).contains("--max-attempts-per-user").doesNotContain("error", BackgroundStart.OPTION);
    }
}
