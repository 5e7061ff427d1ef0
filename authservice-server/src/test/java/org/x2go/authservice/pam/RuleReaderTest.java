package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.Requirements;

class RuleReaderTest {
    private static final LibPamBuild DEBIAN = new LibPamBuild(true, List.of(LibPamBuild.ETC), List.of());
    private static final LibPamBuild NOT_DEBIAN = new LibPamBuild(false, List.of(LibPamBuild.ETC), List.of());

    @TempDir
    Path directory;

    private ServiceRules read(LibPamBuild build, String text) throws IOException {
        Files.writeString(
                directory.resolve("s"), text.replace("$D", directory.toString()), StandardCharsets.ISO_8859_1);
        return RuleReader.read("s", build, Optional.of(directory), new VisitedFiles());
    }

    private ServiceRules read(String text) throws IOException {
        return read(DEBIAN, text);
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text.replace("$D", directory.toString()));
    }

    private static List<Facility> facilities(ServiceRules rules) {
        return rules.rules().stream().map(Rule::facility).toList();
    }

    @Test
    void ruleHasItsFileLineFacilityAndModule() throws IOException {
        ServiceRules rules =
                read("# one\n\nauth required pam_unix.so nullok\n-account [default=die] /a/pam_x.so # end\n");

        Path file = directory.resolve("s");
        assertThat(rules.file()).contains(file);
        assertThat(rules.findings()).isEmpty();
        assertThat(rules.rules())
                .containsExactly(
                        new Rule(file, 3, Facility.AUTH, Optional.of("pam_unix.so"), false),
                        new Rule(file, 4, Facility.ACCOUNT, Optional.of("/a/pam_x.so"), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth required pam_deny.so",
                "AUTH Required pam_deny.so",
                "-auth optional pam_deny.so",
                "\t auth\trequired\tpam_deny.so",
                "auth \\\n required \\\n pam_deny.so",
                "[auth] [required] [pam_deny.so]",
                "auth [success=ok default=bad]pam_deny.so",
                "auth include $D/auth",
                "AUTH INCLUDE $D/auth",
                "auth substack $D/auth",
                "auth substack $D/account",
                "@include $D/auth",
                "@Include $D/auth",
                "-@include $D/auth",
                "@include $D/outer",
                "auth",
                "auth required",
                "auth requird pam_deny.so",
                "nonsense",
                "nonsense include $D/auth",
                "auth include $D/missing",
                "\u00ef\u00bb\u00bf# a mark of UTF-8",
                "\r",
            })
    void authRuleIsFoundWhereLibPamMakesOne(String text) throws IOException {
        file("auth", "auth required pam_deny.so\naccount required pam_deny.so\n");
        file("account", "account required pam_deny.so\n");
        file("outer", "@include $D/auth\n");

        ServiceRules rules = read(text);

        assertThat(rules.refusal()).isEmpty();
        assertThat(facilities(rules)).contains(Facility.AUTH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# auth required pam_deny.so",
                "account required pam_deny.so",
                "account required \\\n auth pam_deny.so",
                "session optional pam_deny.so\npassword required pam_deny.so",
                "auth include $D/account",
                "AUTH INCLUDE $D/account",
                "@include $D/account",
                "@include $D/empty",
                "account include $D/nonsense",
                "@include $D",
            })
    void noAuthRuleIsFound(String text) throws IOException {
        file("account", "account required pam_deny.so\n");
        file("nonsense", "nonsense\n");
        file("empty", "");

        ServiceRules rules = read(text);

        assertThat(rules.refusal()).isEmpty();
        assertThat(facilities(rules)).doesNotContain(Facility.AUTH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@include",
                "auth include",
                "auth substack\n",
                "@include $D/s",
                "auth include $D/s",
                "@include $D/a",
                "auth required pam_deny.so\n\0\n",
                "auth required \\\n\npam_deny.so",
                "account required \\\n# comment\nauth required pam_deny.so",
                "auth required pam_deny.so\naccount required \\\n",
                "auth required ?",
                "auth required /lib/security/",
                "@include $D/missing",
                "@include na\u00efve",
            })
    void unreadableOrAmbiguousFileIsRefused(String text) throws IOException {
        file("a", "@include $D/b\n");
        file("b", "@include $D/a\n");

        assertThat(read(text).refusal()).isPresent();
    }

    @Test
    void debianLooksUpRelativeIncludesInEtcPamDOnly() throws IOException {
        file("common", "auth required pam_deny.so\n");

        ServiceRules debian = read(DEBIAN, "account include common-that-is-missing\nauth include common\n");
        ServiceRules notDebian = read(NOT_DEBIAN, "auth include common\n");

        assertThat(debian.findings())
                .hasSize(2)
                .allMatch(finding -> finding.text().contains("[/etc/pam.d/common"));
        assertThat(notDebian.findings()).isEmpty();
        assertThat(notDebian.rules()).extracting(Rule::file).containsExactly(directory.resolve("common"));
    }

    @Test
    void atIncludeIsAFindingIfLibPamDoesNotKnowIt() throws IOException {
        ServiceRules rules = read(NOT_DEBIAN, "@include $D/empty\n");

        assertThat(rules.rules())
                .containsExactly(new Rule(directory.resolve("s"), 1, Facility.AUTH, Optional.empty(), false));
        assertThat(rules.findings())
                .singleElement()
                .extracting(Finding::text)
                .asString()
                .contains("'@include' is none");
    }

    @Test
    void firstExistingFileIsUsedEvenIfItIsADirectory() throws IOException {
        Path vendor = Files.createDirectory(directory.resolve("vendor"));
        Path admin = Files.createDirectory(directory.resolve("admin"));
        LibPamBuild build = new LibPamBuild(true, List.of(admin, vendor), List.of());
        Files.writeString(vendor.resolve("s"), "auth required pam_deny.so\n");
        Files.createSymbolicLink(admin.resolve("s"), Path.of("nowhere"));

        assertThat(RuleReader.read("s", build, Optional.empty(), new VisitedFiles())
                        .file())
                .contains(vendor.resolve("s"));

        Files.delete(admin.resolve("s"));
        Files.createDirectory(admin.resolve("s"));
        ServiceRules rules = RuleReader.read("s", build, Optional.empty(), new VisitedFiles());
        assertThat(rules.file()).contains(admin.resolve("s"));
        assertThat(rules.rules()).isEmpty();
    }

    @Test
    void pipeIsRefusedAndNotOpened() throws Exception {
        Path mkfifo = Requirements.program("mkfifo");
        assertThat(new ProcessBuilder(
                                mkfifo.toString(), directory.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThat(read("auth required pam_deny.so\n@include $D/pipe\n").refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).endsWith("pipe is not a regular file"));
    }

    @Test
    void includedFilesAreBounded() throws IOException {
        for (int i = 0; i < 14; i++) {
            file("f" + i, ("@include $D/f" + (i + 1) + "\n").repeat(3));
        }
        file("f14", "auth required pam_deny.so\n");

        assertThat(read("@include $D/f0\n").refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).contains("more than 500 files"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth required|2|a module is missing",
                "auth|2|a control word and a module are missing",
                "auth requird pam_deny.so|2|'requird' is an invalid control",
                "auth [success=o default=die] pam_deny.so|2|is an invalid control",
                "auth [success=0] pam_deny.so|2|is an invalid control",
                "autth required pam_deny.so|2|'autth' is none of auth, account",
                "auth include $D/missing|2|which does not exist; looked for [",
                "auth required pam_deny.so\r|2|carriage return",
                "\u00ef\u00bb\u00bf# mark|1|(BOM)",
            })
    void findingNamesFileAndLine(String textLineAndFinding) throws IOException {
        String[] parts = textLineAndFinding.split("\\|", -1);

        assertThat(read("# first\n".repeat(parts[0].startsWith("\u00ef") ? 0 : 1) + parts[0] + "\n")
                        .findings())
                .anySatisfy(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.PROBLEM);
                    assertThat(finding.text())
                            .startsWith(directory + "/s, line " + parts[1] + ": ")
                            .contains(parts[2]);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "required",
                "REQUISITE",
                "sufficient",
                "Optional",
                "success=ok",
                "success=1 default=ignore",
                " new_authtok_reqd = done  user_unknown=12",
                "success=okdefault=bad"
            })
    void controlsOfLibPamAreKnown(String control) {
        assertThat(ControlSyntax.isKnown(control)).isTrue();
    }

    @Test
    void brokenSessionLineIsAWarning() throws IOException {
        assertThat(read("auth required pam_deny.so\nsession requird pam_deny.so\n")
                        .findings())
                .singleElement()
                .extracting(Finding::severity)
                .isEqualTo(Finding.Severity.WARNING);
    }

    @Test
    void lineThatSomeLibPamVersionsCutIsRefused() throws IOException {
        file("auth", "auth required pam_deny.so\n");
        String cutInTwo = " ".repeat(1022 - "auth include".length()) + "auth include";

        assertThat(read(" ".repeat(1000) + "auth\n").refusal()).isEmpty();
        assertThat(read(cutInTwo + " $D/auth\n").refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).contains("/s: line 1 has more than 1022"));
        assertThat(read(" ".repeat(600) + "auth \\\n" + " ".repeat(600) + "include $D/auth\n")
                        .refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).contains("/s: line 2 has more than 1022"));
    }

    @Test
    void longCommentIsAFinding() throws IOException {
        assertThat(read("#" + "x".repeat(1021) + "\n").findings()).isEmpty();
        assertThat(read("#" + "x".repeat(1022) + "\n").findings()).hasSize(1);
    }

    @Test
    void fileThatCannotBeOpenedIsRefused() throws IOException {
        Files.createSymbolicLink(directory.resolve("s"), Path.of("s"));

        assertThat(RuleReader.read("s", DEBIAN, Optional.of(directory), new VisitedFiles())
                        .refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).startsWith("cannot read " + directory));
    }
}
