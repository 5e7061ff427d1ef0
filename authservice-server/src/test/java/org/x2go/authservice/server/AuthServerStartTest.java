package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.auth.AuthResult;

/** A failed start leaves nothing behind. */
@Timeout(60)
class AuthServerStartTest {
    @TempDir
    private Path directory;

    private AuthServerConfig config() {
        return AuthServerConfig.builder(directory.resolve("s")).build();
    }

    @Test
    void failureAfterTheSocketWasMadeLeavesNoFile() {
        // The socket is registered with an event loop that has ended by then.
        AsyncAuthenticatorFactory endsTheLoop = loop -> {
            loop.shutdownGracefully();
            loop.terminationFuture().awaitUninterruptibly();
            return (credentials, peer) -> CompletableFuture.completedFuture(AuthResult.ok());
        };

        assertThatThrownBy(() -> AuthServer.start(config(), endsTheLoop))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void failureOfTheAuthenticatorLeavesNoFile() {
        AsyncAuthenticatorFactory fails = loop -> {
            throw new IOException("no worker");
        };

        assertThatThrownBy(() -> AuthServer.start(config(), fails)).hasMessage("no worker");
        assertThat(directory).isEmptyDirectory();
    }
}
