package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PamServiceFilesTest {
    @TempDir
    Path directory;

    private Optional<String> warning(String text) throws IOException {
        Files.writeString(directory.resolve("service"), text);
        return PamServiceFiles.in(Optional.of(directory)).warning("service");
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

        assertThat(warning(text))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .startsWith("PAM service service uses pam_rootok.so (" + directory)
                        .contains(", line 1)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "auth required pam_unix.so\naccount required pam_unix.so\n",
                "# auth sufficient pam_rootok.so\n",
                "auth required pam_unix.so # not pam_rootok.so\n",
                "@include service\n",
                "@include missing\n"
            })
    void doesNotWarnOfOthers(String text) throws IOException {
        assertThat(warning(text)).isEmpty();
    }

    @Test
    void countsLinesAsAnEditorDoes() throws IOException {
        assertThat(warning("# one\nauth required \\\n  pam_env.so\nauth sufficient pam_rootok.so\n"))
                .hasValueSatisfying(warning -> assertThat(warning).contains(", line 4)"));
    }

    @Test
    void findsFiles() throws IOException {
        Path file = Files.createFile(directory.resolve("there"));
        PamServiceFiles files = PamServiceFiles.in(Optional.of(directory));

        assertThat(files.find("there")).contains(file);
        assertThat(files.find("missing")).isEmpty();
        assertThat(files.warning("missing")).isEmpty();
    }
}
