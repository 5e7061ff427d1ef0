package org.x2go.authservice.daemon.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketActivationTest {
    @Test
    void inheritedSocketIsFound() throws IOException {
        assertThat(SocketActivation.descriptor(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"), 42))
                .hasValue(3);
    }

    @Test
    void socketForAnotherProcessIsIgnored() throws IOException {
        assertThat(SocketActivation.descriptor(Map.of("LISTEN_PID", "41", "LISTEN_FDS", "1"), 42))
                .isEmpty();
        assertThat(SocketActivation.descriptor(Map.of("LISTEN_FDS", "1"), 42)).isEmpty();
        assertThat(SocketActivation.descriptor(Map.of(), 42)).isEmpty();
    }

    @Test
    void severalSocketsAreRefused() {
        assertThatThrownBy(() -> SocketActivation.descriptor(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2"), 42))
                .hasMessage(
                        "one socket can be answered on, and 2 were passed (LISTEN_FDS): give the socket unit a single"
                                + " ListenStream=");
    }
}
