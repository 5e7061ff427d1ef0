package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.testsupport.RecordingDiagnostics;

class SandboxHintsTest {
    private final RecordingDiagnostics said = new RecordingDiagnostics();

    @TempDir
    Path directory;

    private ServiceStack stack(String rules) throws Exception {
        Files.writeString(directory.resolve("site"), rules + "\naccount required pam_permit.so\n");
        LibPamBuild build = new LibPamBuild(false, List.of(directory), List.of());
        return ServiceStack.read(
                "site",
                build,
                PamConfiguration.of(ServicePolicy.allowing(List.of("site"))).withConfdir(directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pam_google_authenticator.so", "/usr/lib/security/pam_u2f.so"})
    void hinderedModuleIsNamedWithItsDropInOnce(String module) throws Exception {
        SandboxHints hints = new SandboxHints(() -> false, said);
        ServiceStack stack = stack("auth required pam_env.so\nauth required " + module);
        hints.notLetIn("site", stack);
        hints.notLetIn("site", stack);
        assertThat(said.lines())
                .singleElement()
                .asString()
                .contains("site calls " + Rule.nameOf(module), directory + "/site, line 2", "as-user.conf");
    }

    @Test
    void modulesThatNeedNothingAreNotNamed() throws Exception {
        new SandboxHints(() -> false, said).notLetIn("site", stack("auth required pam_unix.so"));
        assertThat(said.lines()).isEmpty();
    }

    @Test
    void nothingIsSaidWhereModulesMayBecomeTheUser() throws Exception {
        new SandboxHints(() -> true, said).notLetIn("site", stack("auth required pam_u2f.so"));
        assertThat(said.lines()).isEmpty();
    }
}
