package org.x2go.authservice.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    @Test
    void passwordIsCopiedOffHeap() {
        ByteBuffer source = utf8("xsecretx").position(1).limit(7);
        try (Credentials credentials = Credentials.copyOf("alice", source, "x2gobroker")) {
            assertThat(source.position()).isEqualTo(1);
            assertThat(source.limit()).isEqualTo(7);
            Wipe.wipe(source);
            assertThat(credentials.password()).isEqualTo(utf8("secret"));
            assertThat(credentials.password().isDirect()).isTrue();
        }
    }

    @Test
    void passwordViewsAreIndependentAndReadOnly() {
        try (Credentials credentials = Credentials.copyOf("alice", utf8("secret"), "x2gobroker")) {
            ByteBuffer first = credentials.password();
            first.position(first.limit());
            assertThat(credentials.password()).isEqualTo(utf8("secret"));
            assertThatExceptionOfType(ReadOnlyBufferException.class)
                    .isThrownBy(() -> credentials.password().put((byte) 'x'));
        }
    }

    @Test
    void closeWipesThePasswordInEveryView() {
        Credentials credentials = Credentials.copyOf("alice", utf8("secret"), "x2gobroker");
        ByteBuffer view = credentials.password();
        credentials.close();
        assertThat(view).isEqualTo(ByteBuffer.allocate(6));
        assertThatIllegalStateException().isThrownBy(credentials::password);
    }

    @Test
    void closeMayBeRepeated() {
        Credentials credentials = Credentials.copyOf("alice", utf8("secret"), "x2gobroker");
        credentials.close();
        credentials.close();
        assertThat(credentials.user()).isEqualTo("alice");
        assertThat(credentials.service()).isEqualTo("x2gobroker");
    }

    @Test
    void toStringHidesThePassword() {
        try (Credentials credentials = Credentials.copyOf("alice", utf8("secret"), "x2gobroker")) {
            assertThat(credentials).hasToString("Credentials[user=alice, service=x2gobroker]");
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
