package org.x2go.authservice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkerOptionsTest {
    @Test
    void takesValuesBehindTheOptionOrAnEqualsSign() {
        WorkerOptions options = WorkerOptions.parse(
                "--allow-service=site",
                "--allow-service",
                "x2gobroker",
                "--pam-confdir=/a=b",
                "--worker-max-requests=7");

        assertThat(options.services().allowed()).containsExactlyInAnyOrder("site", "x2gobroker");
        assertThat(options.confdir()).isEqualTo(Path.of("/a=b"));
        assertThat(options.limits().requests()).isEqualTo(7);
    }

    @Test
    void allowsTheBrokersServiceIfNoneIsNamed() {
        assertThat(WorkerOptions.parse().services().allowed()).containsExactly("x2gobroker");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> WorkerOptions.parse("--worker-max-requests"))
                .hasMessage("the value of --worker-max-requests is missing");
        assertThatThrownBy(() -> WorkerOptions.parse("--worker-max-requests=many"))
                .hasMessage("the value of --worker-max-requests is no number: many");
        assertThatThrownBy(() -> WorkerOptions.parse("--socket-file", "x"))
                .hasMessage("there is no option --socket-file");
    }
}
