package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.daemon.InstalledUnit.SERVICE;
import static org.x2go.authservice.daemon.InstalledUnit.WORKER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SystemAccount;

/** The units' SystemCallFilter= allows all system calls of the service and pam_unix in one process. */
@Timeout(180)
class SystemCallFilterIT {
    /**
     * The first is refused by the unit, which asks for the same by itself (CPUSchedulingPolicy=); the service goes on
     * without it. The others restore what modules have done by the same calls, and have not where these are refused.
     */
    private static final Set<String> MAY_BE_REFUSED = Set.of("sched_setscheduler", "setfsuid", "setfsgid");

    @TempDir
    private Path directory;

    private SystemAccount account;

    @BeforeEach
    void account() throws Exception {
        Requirements.root();
        account = SystemAccount.create().password("secret");
        Path pam = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(
                pam.resolve("x2gobroker"),
                "auth required " + Requirements.pamModule("pam_unix.so") + " nodelay\naccount required "
                        + Requirements.pamModule("pam_unix.so") + "\n");
    }

    @AfterEach
    void remove() throws Exception {
        if (account != null) {
            account.remove();
        }
    }

    /** The system's sets of calls, as systemd-analyze(1) lists them, sets within sets included by name. */
    private Map<String, Set<String>> sets() throws Exception {
        Path list = directory.resolve("sets");
        Process analyze = new ProcessBuilder(
                        Requirements.program("systemd-analyze").toString(), "syscall-filter", "--no-pager")
                .redirectOutput(list.toFile())
                .start();
        assertThat(analyze.waitFor()).isZero();
        Map<String, Set<String>> sets = new HashMap<>();
        Set<String> current = new HashSet<>();
        for (String line : Files.readAllLines(list)) {
            if (line.startsWith("@")) {
                current = new HashSet<>();
                sets.put(line.strip(), current);
            } else if (!line.isBlank() && !line.strip().startsWith("#")) {
                current.add(line.strip());
            }
        }
        return sets;
    }

    private static void expand(String name, Map<String, Set<String>> sets, Set<String> calls) {
        if (name.startsWith("@")) {
            sets.getOrDefault(name, Set.of()).forEach(each -> expand(each, sets, calls));
        } else {
            calls.add(name);
        }
    }

    private Set<String> allowed(InstalledUnit unit) throws Exception {
        Map<String, Set<String>> sets = sets();
        return unit.list("SystemCallFilter", name -> {
            Set<String> named = new HashSet<>();
            expand(name, sets, named);
            return named;
        });
    }

    /**
     * strace writes "syscall_0x…" where it read a number that is no call's, as of a thread that was just being ended.
     */
    private static Set<String> calls(Path trace) throws IOException {
        Set<String> calls = new TreeSet<>();
        for (String line : Files.readAllLines(trace)) {
            Matcher call = Pattern.compile("^\\d+ +([a-z][a-z0-9_]*)\\(").matcher(line);
            if (call.find() && !call.group(1).startsWith("syscall_0x")) {
                calls.add(call.group(1));
            }
        }
        return calls;
    }

    @Test
    void oneProcessDropInAllowsTheCallsOfAWorker() throws Exception {
        assertThat(allowed(InstalledUnit.of(SERVICE, "one-process")))
                .hasSizeGreaterThan(100)
                .containsExactlyInAnyOrderElementsOf(allowed(InstalledUnit.of(WORKER)));
    }

    /** By them pam_google_authenticator becomes the user; they are in no set that a unit could name by itself. */
    @ParameterizedTest
    @CsvSource({"setfsuid", "setfsgid", "setgroups", "setresuid", "capset"})
    void asUserDropInAllowsModulesToBecomeTheUser(String call) throws Exception {
        assertThat(allowed(InstalledUnit.of(WORKER, "as-user"))).contains(call);
        assertThat(allowed(InstalledUnit.of(SERVICE, "as-user", "one-process"))).contains(call);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thread", "process"})
    void filterAllowsTheServiceAndPamUnix(String isolation) throws Exception {
        Path trace = directory.resolve("trace");
        // With -D it is strace that is the child, so that the service has the number that its socket is meant for.
        List<String> strace =
                List.of(Requirements.program("strace").toString(), "-D", "-f", "-qq", "-o", trace.toString());
        try (ActivatedService service = ActivatedService.listen(
                directory,
                Map.of(),
                strace,
                "--pam-confdir",
                "pam",
                "--isolation",
                isolation,
                "--metrics-file",
                directory.resolve("m.prom").toString())) {
            assertThat(Program.ask(service.socket(), account.name(), "secret", "x2gobroker"))
                    .isEqualTo("ok\n");
            assertThat(Program.ask(service.socket(), account.name(), "guess", "x2gobroker"))
                    .isEqualTo("fail\n");
            Files.writeString(directory.resolve("stop"), "");
            service.restart(0);

            Set<String> calls = calls(trace);
            assertThat(calls).hasSizeGreaterThan(50).contains("accept4", "execve");
            calls.removeAll(MAY_BE_REFUSED);
            assertThat(allowed(InstalledUnit.of(SERVICE, "one-process"))).containsAll(calls);
        }
    }
}
