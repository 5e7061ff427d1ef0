package org.x2go.authservice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.pam.DeniedModules;

class WorkerOptionsTest {
    @Test
    void takesValuesBehindTheOptionOrAnEqualsSign() {
        WorkerOptions options = WorkerOptions.parse(
                DeniedModules.NONE,
                "--allow-service=site",
                "--allow-service",
                "x2gobroker",
                "--pam-confdir=/a=b",
                "--worker-max-requests=7");

        assertThat(options.pam().services().allowed()).containsExactlyInAnyOrder("site", "x2gobroker");
        assertThat(options.pam().confdir()).contains(Path.of("/a=b"));
        assertThat(options.limits().requests()).isEqualTo(7);
    }

    @Test
    void allowsTheBrokersServiceIfNoneIsNamed() {
        assertThat(WorkerOptions.parse(DeniedModules.NONE).pam().services().allowed())
                .containsExactly("x2gobroker");
    }

    @Test
    void takesTheDeniedModulesOfTheEnvironmentUnlessToldOthers() {
        DeniedModules unit = DeniedModules.parse("pam_krb5");

        assertThat(WorkerOptions.parse(unit).pam().denied()).isEqualTo(unit);
        assertThat(WorkerOptions.parse(unit, "--denied-modules", "pam_u2f")
                        .pam()
                        .denied()
                        .names())
                .containsExactly("pam_u2f");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--worker-max-requests"))
                .hasMessage("the value of --worker-max-requests is missing");
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--worker-max-requests=many"))
                .hasMessage("the value of --worker-max-requests is no number: many");
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--socket-file", "x"))
                .hasMessage("there is no option --socket-file");
    }
}
