package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LimitTest {
    private final AuthServerConfig.Builder config = AuthServerConfig.builder(Path.of("s"));

    @ParameterizedTest
    @EnumSource
    void boundsAndDefaultAreValidAndNothingBeyond(Limit limit) {
        assertThat(limit.check(limit.least())).isEqualTo(limit.least());
        assertThat(limit.check(limit.most())).isEqualTo(limit.most());
        assertThat(limit.check(limit.defaultValue())).isEqualTo(limit.defaultValue());
        assertThatThrownBy(() -> config.limit(limit, limit.least() - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(limit.optionName() + " must be ");
        assertThatThrownBy(() -> config.limit(limit, limit.most() + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messageNamesTheRangeInTheLimitsUnit() {
        assertThatThrownBy(() -> config.limit(Limit.REQUEST_TIMEOUT, 0))
                .hasMessage("request-timeout must be 1 s to 3600 s, not 0 s");
        assertThatThrownBy(() -> config.limit(Limit.MAX_REQUEST_BYTES, 1))
                .hasMessage("max-request-bytes must be 64 bytes to 1048576 bytes, not 1 bytes");
    }

    @Test
    void setValueReplacesTheDefault() {
        AuthServerConfig built = config.limit(Limit.WORKERS, 3)
                .limit(Limit.SEND_TIMEOUT, 4)
                .limit(Limit.IDLE_TIMEOUT, Duration.ofMillis(100))
                .build();

        assertThat(built.limit(Limit.WORKERS)).isEqualTo(3);
        assertThat(built.time(Limit.SEND_TIMEOUT)).hasSeconds(4);
        assertThat(built.time(Limit.IDLE_TIMEOUT)).hasMillis(100);
        assertThat(built.time(Limit.REQUEST_TIMEOUT)).hasSeconds(Limit.REQUEST_TIMEOUT.defaultValue());
    }

    @Test
    void durationIsNotANumber() {
        AuthServerConfig built = config.build();

        assertThatThrownBy(() -> built.limit(Limit.REQUEST_TIMEOUT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> built.time(Limit.WORKERS)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.limit(Limit.WORKERS, Duration.ofSeconds(9)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
