package org.x2go.authservice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.x2go.authservice.auth.ServicePolicy;
import org.x2go.authservice.pam.DeniedModules;
import org.x2go.authservice.pam.PamConfiguration;

class WorkerOptionsTest {
    @Test
    void valueFollowsTheOptionOrAnEqualsSign() {
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
    void defaultServiceIsTheBrokers() {
        assertThat(WorkerOptions.parse(DeniedModules.NONE).pam().services().allowed())
                .containsExactly("x2gobroker");
    }

    @Test
    void deniedModulesOfArgumentsReplaceTheEnvironments() {
        DeniedModules unit = DeniedModules.parse("pam_krb5");

        assertThat(WorkerOptions.parse(unit).pam().denied()).isEqualTo(unit);
        assertThat(WorkerOptions.parse(unit, "--denied-modules", "pam_u2f")
                        .pam()
                        .denied()
                        .names())
                .containsExactly("pam_u2f");
    }

    @Test
    void argumentsAreReadBackAsTheyWere() {
        PamConfiguration pam = new PamConfiguration(
                ServicePolicy.allowing(List.of("site", "x2gobroker")),
                Optional.of(Path.of("/a b")),
                DeniedModules.parse("pam_krb5 pam_u2f"));
        for (boolean debug : List.of(true, false)) {
            WorkerOptions options = new WorkerOptions(pam, new WorkerLimits(7, 99), debug);

            WorkerOptions read =
                    WorkerOptions.parse(DeniedModules.NONE, options.arguments().toArray(String[]::new));

            assertThat(read.pam().services().allowed()).containsExactlyInAnyOrder("site", "x2gobroker");
            assertThat(read.pam().confdir()).isEqualTo(pam.confdir());
            assertThat(read.pam().denied()).isEqualTo(pam.denied());
            assertThat(read.limits()).isEqualTo(options.limits());
            assertThat(read.debug()).isEqualTo(debug);
        }
    }

    @Test
    void wrongArgumentIsExplained() {
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--worker-max-rss=63"))
                .hasMessage("--worker-max-rss must be 64 to 65536, not 63");
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--worker-max-requests"))
                .hasMessage("the value of --worker-max-requests is missing");
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--worker-max-requests=many"))
                .hasMessage("the value of --worker-max-requests is not a number: many");
        assertThatThrownBy(() -> WorkerOptions.parse(DeniedModules.NONE, "--socket-file", "x"))
                .hasMessage("unknown option --socket-file");
    }
}
