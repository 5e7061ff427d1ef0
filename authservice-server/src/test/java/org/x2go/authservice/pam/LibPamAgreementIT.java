package org.x2go.authservice.pam;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.x2go.authservice.posix.CString;
import org.x2go.authservice.testsupport.RecordingDiagnostics;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.SystemPamServices;

/**
 * Compares the reader of service files with the real libpam. Only the rules of {@code other} accept, so if libpam
 * accepts, it has used {@code other}.
 */
class LibPamAgreementIT {
    private static final int GENERATED = 3_000;

    private final PamConversation conversation = new PamConversation(new RecordingDiagnostics());

    @TempDir
    Path directory;

    private LibPamBuild build;

    @BeforeEach
    void libpam() throws Exception {
        Requirements.pamModule("pam_permit.so");
        LibPam.bind(LibPam.LIBRARY);
        LibPamConfdir.bind(LibPam.load(LibPam.LIBRARY));
        build = LibPamBuild.current();
        Files.writeString(directory.resolve("other"), "auth required pam_permit.so\naccount required pam_permit.so\n");
        Files.writeString(directory.resolve("empty"), "");
        Files.writeString(directory.resolve("auth"), "# \nauth required pam_deny.so");
        Files.writeString(directory.resolve("account"), "account required pam_deny.so\n\n");
        Files.writeString(directory.resolve("both"), "-auth optional pam_deny.so\naccount \\\n required pam_deny.so\n");
        Files.writeString(directory.resolve("outer"), "@include " + directory + "/both\nauth include missing\n");
        Files.writeString(directory.resolve("broken"), "auth required pam_deny.so\nauth required ?\n");
    }

    /** Whether libpam accepts, by the files of a directory or else of the system. */
    private boolean accepts(@Nullable Path confdir, String service, Facility facility) {
        byte[] user = CString.of("alice");
        byte[] files = confdir == null ? null : CString.of(confdir.toString());
        long[] handle = new long[1];
        int status = LibPam.start(CString.of(service), user, conversation.pamConv(), files, handle);
        if (status != 0) {
            return false;
        }
        Pointer pam = new Pointer(handle[0]);
        status = facility == Facility.AUTH ? LibPam.authenticate(pam, 0) : LibPam.acctMgmt(pam, 0);
        LibPam.end(pam, status);
        return status == 0;
    }

    private void compare(String text) throws IOException {
        Files.writeString(directory.resolve("s"), text, StandardCharsets.ISO_8859_1);
        ServiceRules rules = RuleReader.read("s", build, Optional.of(directory), new VisitedFiles());
        if (rules.refusal().isPresent()) {
            if (rules.refusal().get().advice().startsWith("libpam stops")) {
                assertThat(accepts(directory, "s", Facility.AUTH)).as(text).isFalse();
            }
            return;
        }
        for (Facility facility : List.of(Facility.AUTH, Facility.ACCOUNT)) {
            assertThat(accepts(directory, "s", facility))
                    .as("other decides about %s, rules %s, of:%n%s", facility, rules.rules(), text)
                    .isEqualTo(rules.of(facility).isEmpty());
        }
    }

    static Stream<String> files() {
        return Stream.of(
                "",
                "\n",
                "#",
                " \t\n#\n",
                "auth required pam_deny.so",
                "AUTH REQUIRED pam_deny.so",
                "-auth optional pam_missing.so",
                "auth",
                "auth required",
                "auth nonsense pam_deny.so",
                "account required pam_deny.so",
                "session required pam_permit.so",
                "nonsense",
                "\r\n",
                "auth required pam_deny.so\r\n",
                "\u00ef\u00bb\u00bf",
                "\u00ef\u00bb\u00bfauth required pam_deny.so",
                "auth include $D/auth",
                "auth include $D/account",
                "auth substack $D/account",
                "auth include $D/empty",
                "@include $D/both",
                "@include $D/account",
                "@include $D/missing",
                "auth include $D/missing",
                "account include $D/missing",
                "auth include $D/outer",
                "account include $D/outer",
                "@include $D/outer",
                "auth include $D/broken",
                "@include $D/broken",
                "auth include missing",
                "@include missing",
                "auth include $D",
                "@include $D",
                "auth include []",
                "auth \\\nrequired \\\npam_deny.so",
                "auth required pam_deny.so\\",
                "auth required pam_deny.so \\\n",
                "\\",
                "\\\n",
                "account required ?",
                "[auth] [required] [pam_deny.so]",
                "[auth",
                "[]",
                "- auth",
                "auth [default=1] pam_deny.so",
                "auth [success=1 default=ignore] pam_permit.so",
                "account required pam_deny.so \\ # c\nauth required x",
                "auth required pam_deny.so # \\\naccount required pam_deny.so",
                "nonsense include $D/auth",
                "nonsense include $D/account",
                "@include $D/auth\n@include $D/account",
                "auth required /",
                "auth required .so",
                "account substack ?",
                "session include $D/missing",
                "session required ?");
    }

    @ParameterizedTest
    @MethodSource("files")
    void smallFileIsReadAsLibPamReadsIt(String text) throws IOException {
        compare(text.replace("$D", directory.toString()));
    }

    @Test
    void generatedFilesAreReadAsLibPamReadsThem() throws IOException {
        List<String> pieces = Stream.of(
                        "auth",
                        "AUTH",
                        "-auth",
                        "account",
                        "-Account",
                        "session",
                        "password",
                        "@include",
                        "nonsense",
                        "-",
                        "required",
                        "Requisite",
                        "optional",
                        "sufficient",
                        "include",
                        "substack",
                        "SUBSTACK",
                        "[default=bad]",
                        "[success=1 default=ignore]",
                        "[x",
                        "]",
                        "[]",
                        "[auth]",
                        "\\]",
                        "pam_deny.so",
                        "pam_missing.so",
                        "/no/pam_x.so",
                        "?",
                        ".so",
                        "a/",
                        "\r",
                        "#",
                        "\\",
                        "$D/empty",
                        "$D/auth",
                        "$D/account",
                        "$D/both",
                        "$D/outer",
                        "$D/broken",
                        "$D/missing",
                        "$D",
                        "missing",
                        "\n",
                        "\n",
                        "\n",
                        "\n",
                        "\\\n",
                        " \\\n\t",
                        "\n\n",
                        "# comment\n",
                        "\n#\n",
                        "\f")
                .map(piece -> piece.replace("$D", directory.toString()))
                .toList();
        Random random = new Random(12);
        for (int i = 0; i < GENERATED; i++) {
            compare(random.ints(1 + random.nextInt(14), 0, pieces.size())
                    .mapToObj(pieces::get)
                    .collect(Collectors.joining(random.nextInt(8) == 0 ? "" : " ")));
        }
    }

    @Test
    void generatedRulesAreReadAsLibPamReadsThem() throws IOException {
        List<String> types = List.of("auth", "AUTH", "-auth", "account", "account", "session", "password", "x");
        List<String> controls = List.of("required", "optional", "[default=die]", "include", "substack", "x", "");
        List<String> names = List.of("/empty", "/auth", "/account", "/both", "/outer", "/broken", "/missing");
        List<String> ends = List.of("\n", "\n", "\n", " # c\n", " arg\n", "\r\n", "\\\n arg\n", "\n\n#\n", "");
        Random random = new Random(13);
        for (int i = 0; i < GENERATED; i++) {
            StringBuilder text = new StringBuilder();
            for (int line = random.nextInt(4); line >= 0; line--) {
                String control = controls.get(random.nextInt(controls.size()));
                String file = directory + names.get(random.nextInt(names.size()));
                text.append(
                                random.nextInt(6) == 0
                                        ? "@include " + file
                                        : types.get(random.nextInt(types.size()))
                                                + (random.nextInt(9) == 0 ? " \\\n" : " ")
                                                + control + " "
                                                + (control.equals("include") || control.equals("substack")
                                                        ? file
                                                        : "pam_deny.so"))
                        .append(ends.get(random.nextInt(ends.size())));
            }
            compare(text.toString());
        }
    }

    @Test
    void longLineNeverHidesTheUseOfOther() throws IOException {
        for (int blanks = 1_000; blanks < 1_030; blanks++) {
            String gap = " ".repeat(blanks);
            for (String text : List.of(
                    "auth" + gap + "required pam_deny.so",
                    gap + "auth required pam_deny.so",
                    "#" + gap + "auth required pam_deny.so",
                    "account required" + gap + "auth required pam_deny.so")) {
                Files.writeString(directory.resolve("s"), text);
                ServiceRules rules = RuleReader.read("s", build, Optional.of(directory), new VisitedFiles());
                assertThat(rules.of(Facility.AUTH).isEmpty() || !accepts(directory, "s", Facility.AUTH))
                        .as(text)
                        .isTrue();
            }
        }
    }

    @Test
    void systemFilesAreFoundAsLibPamFindsThem() throws IOException {
        try (SystemPamServices services = SystemPamServices.open()) {
            String common = services.add("common", "auth required pam_deny.so", "account required pam_deny.so");
            for (String text : List.of("@include " + common, "auth include " + common, "auth substack " + common)) {
                String service = services.add("s", text);
                ServiceRules rules = RuleReader.read(service, build, Optional.empty(), new VisitedFiles());

                assertThat(rules.findings()).isEmpty();
                assertThat(rules.of(Facility.AUTH)).isNotEmpty();
                assertThat(accepts(null, service, Facility.AUTH)).isFalse();
                // With a confdir, Debian's libpam still looks for these in /etc/pam.d, and others do not.
                compare(text);
            }
        }
    }
}
