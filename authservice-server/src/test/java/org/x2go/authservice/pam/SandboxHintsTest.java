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
    private final RecordingDiagnostics diagnostics = new RecordingDiagnostics();

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
    void moduleThatMayNotBecomeTheUserIsNamedOnceWithItsDropIn(String module) throws Exception {
        SandboxHints hints = new SandboxHints(() -> false, diagnostics);
        ServiceStack stack = stack("auth required pam_env.so\nauth required " + module);
        hints.loginFailed("site", stack);
        hints.loginFailed("site", stack);
        assertThat(diagnostics.lines())
                .singleElement()
                .asString()
                .contains("site calls " + Rule.nameOf(module), directory + "/site, line 2", "as-user.conf");
    }

    @Test
    void otherModulesAreNotNamed() throws Exception {
        new SandboxHints(() -> false, diagnostics).loginFailed("site", stack("auth required pam_unix.so"));
        assertThat(diagnostics.lines()).isEmpty();
    }

    @Test
    void nothingIsLoggedWhereModulesMayBecomeTheUser() throws Exception {
        new SandboxHints(() -> true, diagnostics).loginFailed("site", stack("auth required pam_u2f.so"));
        assertThat(diagnostics.lines()).isEmpty();
    }
}
