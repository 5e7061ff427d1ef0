package org.x2go.authservice.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RenamedOptionsTest {
    @Test
    void oldNameBecomesTheNewOneWithAWarning() {
        RenamedOptions renamed = RenamedOptions.in("-i", "--stop-grace=5", "--max-pending-failures", "3");

        assertThat(renamed.arguments()).containsExactly("-i", "--shutdown-timeout=5", "--max-attempts-per-user", "3");
        assertThat(renamed.warnings())
                .containsExactly(
                        "--stop-grace was renamed to --shutdown-timeout; the next release removes the old name",
                        "--max-pending-failures was renamed to --max-attempts-per-user; the next release removes"
                                + " the old name");
    }

    @Test
    void otherArgumentsStayAsTheyAre() {
        String[] arguments = {"--workers", "4", "--shutdown-timeout=1", "--stop-graces"};

        assertThat(RenamedOptions.in(arguments).arguments()).containsExactly(arguments);
        assertThat(RenamedOptions.in(arguments).warnings()).isEmpty();
    }
}
