package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.x2go.authservice.protocol.Verdict;
import org.x2go.authservice.testsupport.Requirements;

/** The stack that docs/CONFIGURATION.md recommends for directory servers hides no outage, and accepts only a success. */
class DirectoryStackIT {
    private static final String MODULE = "pam_sss.so";

    @TempDir
    Path directory;

    private ServiceDirectory services;

    @BeforeEach
    void modules() {
        Requirements.pamModule("pam_debug.so");
        services = new ServiceDirectory(directory);
    }

    /** The lines of docs/CONFIGURATION.md, with another module in place of the directory's. */
    private Verdict verdictWith(String module) throws Exception {
        List<String> stack = Files.readAllLines(Path.of("../docs/CONFIGURATION.md")).stream()
                .dropWhile(line -> !line.startsWith("auth ") || !line.contains(MODULE))
                .takeWhile(line -> line.startsWith("auth "))
                .map(line -> line.replace(MODULE, module))
                .toList();
        assertThat(stack).hasSizeGreaterThan(1);
        write(stack);
        return services.ask("alice", "secret", "login").verdict();
    }

    private void write(List<String> stack) throws IOException {
        services.service("login", String.join("\n", stack), "account required pam_permit.so");
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"UNKNOWN", "IGNORE", "CONV_AGAIN"})
    void statusOfTheDirectoryModuleIsTheVerdict(PamStatus status) throws Exception {
        assertThat(verdictWith("pam_debug.so auth=" + nameOf(status))).isEqualTo(status.verdict());
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORE", "CONV_AGAIN"})
    void statusThatLibpamChangesIsNotOk(PamStatus status) throws Exception {
        assertThat(verdictWith("pam_debug.so auth=" + nameOf(status))).isNotEqualTo(Verdict.OK);
    }

    @Test
    void missingModuleIsAnError() throws Exception {
        assertThat(verdictWith("pam_not_installed.so")).isEqualTo(Verdict.ERROR);
    }

    /** As pam_debug(8) spells it. */
    private static String nameOf(PamStatus status) {
        return status == PamStatus.AUTHTOK_RECOVERY_ERR
                ? "authtok_recover_err"
                : status.name().toLowerCase(Locale.ROOT);
    }
}
