package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PamServiceFilesTest {
    @TempDir
    Path directory;

    private List<String> warnings(String text) throws IOException {
        Files.writeString(directory.resolve("service"), text);
        return PamServiceFiles.in(Optional.of(directory)).warnings("service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth sufficient pam_rootok.so\n",
                "auth\t[success=1 default=ignore]\tpam_rootok.so debug\n",
                "auth sufficient \\\n  pam_rootok.so\n",
                "-auth sufficient /lib/security/pam_rootok.so\n",
                "@include common\n",
                "auth include common\n",
                "auth substack common\n",
                "auth substack deeper\n"
            })
    void warnsOfWhatLetsRootIn(String text) throws IOException {
        Files.writeString(directory.resolve("common"), "auth sufficient pam_rootok.so\n");
        Files.writeString(directory.resolve("deeper"), "@include common\n");

        assertThat(warnings(text))
                .singleElement()
                .asString()
                .startsWith("PAM service service uses pam_rootok.so (" + directory)
                .contains(", line 1)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "auth required pam_unix.so\naccount required pam_unix.so\n",
                "# auth sufficient pam_rootok.so\n",
                "auth required pam_unix.so # not pam_rootok.so\n",
                "@include service\n"
            })
    void doesNotWarnOfOthers(String text) throws IOException {
        assertThat(warnings(text)).isEmpty();
    }

    @Test
    void countsLinesAsAnEditorDoes() throws IOException {
        assertThat(warnings("# one\nauth required \\\n  pam_env.so\nauth sufficient pam_rootok.so\n"))
                .singleElement()
                .asString()
                .contains(", line 4)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@include missing\n",
                "auth include missing\n",
                "account substack missing\n",
                "@include deeper\n",
                "auth include /no/such/missing\n"
            })
    void warnsOfWhatIsIncludedAndIsNotThere(String text) throws IOException {
        Files.writeString(directory.resolve("deeper"), "auth substack missing\n");

        assertThat(warnings(text))
                .singleElement()
                .asString()
                .startsWith("PAM service service includes ")
                .contains("missing (" + directory, ", line 1)", "does not exist");
    }

    @Test
    void tellsAllThereIsToWarnOf() throws IOException {
        assertThat(warnings("@include missing\nauth sufficient pam_rootok.so\nauth include gone\n"))
                .hasSize(3);
    }

    @Test
    void findsFiles() throws IOException {
        Path file = Files.createFile(directory.resolve("there"));
        PamServiceFiles files = PamServiceFiles.in(Optional.of(directory));

        assertThat(files.find("there")).contains(file);
        assertThat(files.find("missing")).isEmpty();
        assertThat(files.warnings("missing")).isEmpty();
    }
}
