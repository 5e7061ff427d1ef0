package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.daemon.InstalledUnit.SERVICE;
import static org.x2go.authservice.daemon.InstalledUnit.WORKER;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SystemAccount;

/** With only the capabilities of the installed units the service works as documented. */
@Timeout(120)
class UnitPrivilegesIT {
    private static final String NOBODY = "65534";

    @TempDir
    private Path directory;

    private SystemAccount account;

    @BeforeEach
    void account() throws Exception {
        Requirements.root();
        account = SystemAccount.create().password("secret");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createDirectory(directory.resolve("pam"));
    }

    @AfterEach
    void remove() throws Exception {
        if (account != null) {
            account.remove();
        }
    }

    private void writePamService(String... lines) throws IOException {
        Files.write(directory.resolve("pam/x2gobroker"), List.of(lines));
    }

    /** What the unit's CapabilityBoundingSet= comes to, as setpriv(1) writes it. */
    private static String capabilities(InstalledUnit unit) {
        StringBuilder bounds = new StringBuilder("-all");
        unit.list("CapabilityBoundingSet")
                .forEach(name -> bounds.append(",+")
                        .append(name.replaceFirst("^CAP_", "").toLowerCase(Locale.ROOT)));
        return bounds.toString();
    }

    private ActivatedService listen(String capabilities, String... setpriv) throws Exception {
        List<String> launcher = new ArrayList<>(List.of(
                Requirements.program("setpriv").toString(),
                "--no-new-privs",
                "--inh-caps=-all",
                "--bounding-set=" + capabilities));
        launcher.addAll(List.of(setpriv));
        return ActivatedService.listen(
                directory,
                Map.of(),
                launcher,
                "--pam-confdir",
                directory.resolve("pam").toString());
    }

    private void assertThatItTellsPasswordsApart(ActivatedService service) throws IOException {
        assertThat(Program.ask(service.socket(), account.name(), "secret", "x2gobroker"))
                .isEqualTo("ok\n");
        assertThat(Program.ask(service.socket(), account.name(), "guess", "x2gobroker"))
                .isEqualTo("fail\n");
    }

    @ParameterizedTest
    @CsvSource({SERVICE + ", one-process", WORKER + ",", WORKER + ", strict"})
    void pamUnixAndFaillockWorkWithTheUnitsPrivileges(String unit, @Nullable String dropin) throws Exception {
        Path tallies = Files.createDirectory(directory.resolve("faillock"));
        String faillock = Requirements.pamModule("pam_faillock.so") + " dir=" + tallies + " deny=3 ";
        writePamService(
                "auth required " + faillock + "preauth",
                "auth sufficient " + Requirements.pamModule("pam_unix.so") + " nodelay",
                "auth [default=die] " + faillock + "authfail",
                "account required " + Requirements.pamModule("pam_unix.so"));
        try (ActivatedService service =
                listen(capabilities(dropin == null ? InstalledUnit.of(unit) : InstalledUnit.of(unit, dropin)))) {
            assertThatItTellsPasswordsApart(service);
            assertThat(tallies.resolve(account.name())).isNotEmptyFile();
        }
    }

    @Test
    void logMayBeInAnotherUsersDirectory() throws Exception {
        writePamService(
                "auth required " + Requirements.pamModule("pam_unix.so") + " nodelay",
                "account required " + Requirements.pamModule("pam_unix.so"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(directory, "unix:uid", Integer.parseInt(NOBODY));
        try (ActivatedService service = listen(capabilities(InstalledUnit.of(SERVICE, "one-process")))) {
            assertThatItTellsPasswordsApart(service);
            Program.await(
                    "the verdict is in the log", () -> inLog(service, " INFO  ok user=\"" + account.name() + "\" "));
        }
    }

    /** A module of that name that refuses, as the real one does then. */
    @ParameterizedTest
    @CsvSource({",true", "as-user,false"})
    void moduleThatMayNotBecomeTheUserIsNamedInTheLog(@Nullable String dropin, boolean named) throws Exception {
        Path module = directory.resolve("pam_google_authenticator.so");
        Files.copy(Requirements.pamModule("pam_deny.so"), module);
        writePamService("auth required " + module, "account required " + Requirements.pamModule("pam_unix.so"));
        InstalledUnit unit = dropin == null ? InstalledUnit.of(WORKER) : InstalledUnit.of(WORKER, dropin);
        try (ActivatedService service = listen(capabilities(unit))) {
            assertThat(Program.ask(service.socket(), account.name(), "secret", "x2gobroker"))
                    .isEqualTo("fail\n");
            Program.await("the verdict is in the log", () -> inLog(service, "fail user="));
            assertThat(inLog(service, "calls pam_google_authenticator")).isEqualTo(named);
            assertThat(inLog(service, "the drop-in as-user.conf")).isEqualTo(named);
        }
    }

    private static boolean inLog(ActivatedService service, String text) {
        try {
            return service.log().contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void processThatReadsRequestsHasNoCapability() throws Exception {
        assertThat(capabilities(InstalledUnit.of(SERVICE))).isEqualTo("-all");
    }

    /**
     * Before Linux-PAM 1.6, from which on pam_unix needs root; what needs only a daemon or a file works after that
     * too.
     */
    @Test
    void unprivilegedServiceAsksModulesThatNeedNoRoot() throws Exception {
        writePamService(
                "auth required " + Requirements.pamModule("pam_permit.so"),
                "account required " + Requirements.pamModule("pam_permit.so"));
        String capabilities = capabilities(InstalledUnit.of(WORKER, "unprivileged"));
        assertThat(capabilities).isEqualTo("-all");
        try (ActivatedService service =
                listen(capabilities, "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")) {
            assertThat(Program.ask(service.socket(), account.name(), "secret", "x2gobroker"))
                    .isEqualTo("ok\n");
        }
    }
}
