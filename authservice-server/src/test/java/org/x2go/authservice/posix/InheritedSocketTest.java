package org.x2go.authservice.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InheritedSocketTest {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int F_GETFD = 1;

    @TempDir
    private Path directory;

    private int descriptor = -1;

    @AfterEach
    void close() {
        if (descriptor >= 0) {
            LibC.close(descriptor);
        }
    }

    private void unixSocket(int type) throws IOException {
        descriptor = LibC.socket(LibC.AF_UNIX, type, 0);
        try (Memory address = UnixAddress.of(directory.resolve("s").toString())) {
            LibC.bind(descriptor, address, (int) address.size());
        }
    }

    private void assertThatItIsRefused(String why) {
        assertThatThrownBy(() -> InheritedSocket.adopt(descriptor))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot use the socket passed as descriptor " + descriptor + ": " + why);
    }

    @Test
    void socketIsTakenOverAndNotInheritedByChildren() throws IOException {
        unixSocket(LibC.SOCK_STREAM);
        LibC.listen(descriptor, 1);

        InheritedSocket socket = InheritedSocket.adopt(descriptor);

        assertThat(socket.path()).isEqualTo(directory.resolve("s"));
        assertThat(socket.descriptor()).isEqualTo(descriptor);
        assertThat(LibC.fcntl(descriptor, F_GETFD, 0)).isEqualTo(LibC.FD_CLOEXEC);
        assertThat(LibC.fcntl(descriptor, LibC.F_GETFL, 0) & LibC.SOCK_NONBLOCK).isNotZero();
        socket.remove();
        assertThat(directory.resolve("s")).exists();
    }

    @Test
    void socketThatDoesNotListenIsRefused() throws IOException {
        unixSocket(LibC.SOCK_STREAM);
        assertThatItIsRefused("it does not listen");
    }

    @Test
    void datagramSocketIsRefused() throws IOException {
        unixSocket(SOCK_DGRAM);
        assertThatItIsRefused("it is not a Unix stream socket");
    }

    @Test
    void internetSocketIsRefused() {
        descriptor = LibC.socket(AF_INET, LibC.SOCK_STREAM, 0);
        assertThatItIsRefused("it is not a Unix stream socket");
    }

    @Test
    void socketWithoutAPathIsRefused() throws IOException {
        descriptor = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM, 0);
        try (Memory address = UnixAddress.of("@authservice-" + directory.getFileName())) {
            LibC.bind(descriptor, address, (int) address.size());
        }
        LibC.listen(descriptor, 1);
        assertThatItIsRefused("it has no path");
    }

    @Test
    void closedDescriptorIsRefused() {
        assertThatThrownBy(() -> InheritedSocket.adopt(4000))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot use the socket passed as descriptor 4000: Bad file descriptor");
    }

    @Test
    void descriptorOfAFileIsRefused() {
        descriptor = LibC.open(CString.of("/dev/null"), LibC.O_RDONLY);
        assertThatItIsRefused("Socket operation on non-socket");
    }
}
