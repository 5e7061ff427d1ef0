package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.testsupport.RecordingDiagnostics;

class ServiceFilesTest {
    private static final LibPamBuild BUILD =
            new LibPamBuild(false, List.of(LibPamBuild.ETC, Path.of("/usr/lib/pam.d")), List.of());

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

    private final RecordingDiagnostics said = new RecordingDiagnostics();

    @TempDir
    Path directory;

    private PamConfiguration configuration;

    @BeforeEach
    void directory() {
        configuration =
                PamConfiguration.of(ServicePolicy.allowing(List.of("login"))).withConfdir(directory);
    }

    private ServiceFiles files() {
        return new ServiceFiles(BUILD, configuration, clock::get, said);
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String refusal(String service) {
        return files().of(service).refusal().map(Refusal::reason).orElse("");
    }

    @Test
    void serviceNeedsAFileWithAnAuthRule() throws IOException {
        file("login", "auth required pam_deny.so\n");
        file("empty", "");
        file("account", "account required pam_deny.so\n");
        Files.createDirectory(directory.resolve("directory"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("login"));
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nowhere"));

        assertThat(refusal("login")).isEmpty();
        assertThat(refusal("link")).isEmpty();
        assertThat(refusal("empty")).isEqualTo("no auth rule in " + directory + "/empty");
        assertThat(refusal("account")).isEqualTo("no auth rule in " + directory + "/account");
        assertThat(refusal("directory")).isEqualTo("no auth rule in " + directory + "/directory");
        assertThat(refusal("dangling")).isEqualTo("service file missing");
        assertThat(refusal("missing")).isEqualTo("service file missing");
    }

    @Test
    void missingAccountRulesAreThoseOfOther() throws IOException {
        file("other", "auth required pam_permit.so\naccount required pam_access.so\n");
        file("login", "auth required pam_deny.so\n");
        assertThat(files().of("login").called())
                .extracting(rule -> rule.module().orElse(""))
                .containsExactly("pam_deny.so", "pam_access.so");

        file("login", "auth required pam_deny.so\naccount required pam_nologin.so\n");
        assertThat(files().of("login").called())
                .extracting(rule -> rule.module().orElse(""))
                .containsExactly("pam_deny.so", "pam_nologin.so");
    }

    @Test
    void unsafeFileOfTheServiceOtherIsRefused() throws Exception {
        file("login", "auth required pam_deny.so\naccount required pam_deny.so\n");
        assertThat(refusal("login")).as("no such file").isEmpty();

        file("other", "account required pam_access.so\n# \0\n");
        assertThat(refusal("login")).startsWith(directory + "/other: contains a NUL");
    }

    @ParameterizedTest
    @CsvSource({
        "pam_krb5, auth required pam_krb5.so",
        "pam_u2f pam_krb5.so, -auth sufficient pam_krb5.so use_first_pass",
        "/x/pam_krb5.so, auth include common",
        "'pam_u2f,pam_krb5;pam_duo', auth include common",
        "pam_krb5, account required /lib/security/pam_krb5.so",
        "'\tpam_krb5\n', 'auth substack common'",
        "pam_nologin, auth required pam_permit.so",
    })
    void deniedModuleIsRefused(String denied, String line) throws IOException {
        file("common", "auth required pam_krb5.so\n");
        file("other", "account required pam_nologin.so\n");
        file("login", "auth required pam_permit.so\n" + line + "\n");
        configuration = configuration.withDenied(DeniedModules.parse(denied));

        assertThat(refusal("login"))
                .matches("PAM module pam_(krb5|nologin) is denied by X2GOBROKER_AUTHSERVICE_DENIED_MODULES");
        assertThat(said.lines()).singleElement().asString().contains("(" + directory, ", line ");
    }

    @Test
    void otherModulesAreAllowed() throws IOException {
        file("login", "auth required pam_krb5.so\naccount required pam_unix.so\nsession optional pam_u2f.so\n");
        configuration = configuration.withDenied(DeniedModules.parse("pam_krb pam_krb55 krb5 pam_u2f"));

        assertThat(refusal("login")).isEmpty();
    }

    @Test
    void eachChangeIsSeen() throws Exception {
        ServiceFiles files = files();
        file("login", "auth include common\naccount required pam_deny.so\n");
        assertThat(files.of("login").own().findings()).hasSize(1);

        file("common", "auth required pam_deny.so\n");
        settle(files);
        assertThat(files.of("login").own().findings()).isEmpty();
        assertThat(files.of("login")).as("kept").isSameAs(files.of("login"));

        Path replacement = Files.writeString(directory.resolve("new"), "auth required pam_this.so\n");
        Files.setLastModifiedTime(replacement, Files.getLastModifiedTime(directory.resolve("common")));
        Files.move(replacement, directory.resolve("common"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(files.of("login").called().get(0).module()).contains("pam_this.so");

        settle(files);
        file("common", "auth required pam_that.so\n");
        assertThat(files.of("login").called().get(0).module()).contains("pam_that.so");

        settle(files);
        Files.delete(directory.resolve("common"));
        assertThat(files.of("login").own().findings()).hasSize(1);
        Files.delete(directory.resolve("login"));
        assertThat(files.of("login").refusal()).isPresent();
    }

    /** Waits until the files are so old that the result of reading them is kept. */
    private static void settle(ServiceFiles files) throws InterruptedException {
        ServiceStack before = files.of("login");
        for (int i = 0; i < 500; i++) {
            Thread.sleep(10);
            ServiceStack now = files.of("login");
            if (now.equals(before)) {
                return;
            }
            before = now;
        }
    }

    @Test
    void changeWithinOneClockTickIsSeen() throws IOException {
        ServiceFiles files = files();
        for (int i = 0; i < 200; i++) {
            String module = i % 2 == 0 ? "pam_this.so" : "pam_that.so";
            file("login", "auth required " + module + "\naccount required pam_deny.so\n");
            assertThat(files.of("login").called().get(0).module()).contains(module);
        }
    }

    @Test
    void warningNamesTheFile() {
        refusal("missing");
        assertThat(said.lines()).singleElement().asString().contains("WARN", directory + "/missing");
    }

    @Test
    void eachServiceIsWarnedAboutOnceAMinute() {
        ServiceFiles files = files();
        for (int i = 0; i < 100; i++) {
            files.of("one");
            files.of("two");
        }
        assertThat(said.lines()).hasSize(2);

        clock.addAndGet(ServiceFiles.WARN_NANOS - 1);
        files.of("one");
        assertThat(said.lines()).hasSize(2);

        clock.incrementAndGet();
        files.of("one");
        files.of("one");
        assertThat(said.lines()).hasSize(3);
    }

    @Test
    void systemDirectoriesAreTheDefault() {
        configuration = PamConfiguration.of(ServicePolicy.allowing(List.of("login")));

        assertThat(refusal("no-such-service")).isEqualTo("service file missing");
        assertThat(said.lines())
                .singleElement()
                .asString()
                .contains("/etc/pam.d/no-such-service", "/usr/lib/pam.d/no-such-service");
    }
}
