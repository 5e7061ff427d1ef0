package org.x2go.authservice.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Uses the extension like the tests of an embedding program. */
@Timeout(60)
class AuthServerExtensionTest {
    @RegisterExtension
    static final AuthServerExtension auth = new AuthServerExtension()
            .account("alice", "secret")
            .account("alice", "site secret", "site")
            .account("jürgen", "wörd €");

    private static String ask(Path socket, String user, String password, String service) throws IOException {
        try (Peer peer = Peer.connect(socket)) {
            return peer.send(user, password, service).reply();
        }
    }

    private static String ask(String user, String password) throws IOException {
        return ask(auth.socket(), user, password, "x2gobroker");
    }

    @Test
    void onlyDeclaredAccountsAreAccepted(@AuthServerSocket Path socket) throws IOException {
        assertThat(ask(socket, "alice", "secret", "x2gobroker")).isEqualTo("ok");
        assertThat(ask(socket, "jürgen", "wörd €", "x2gobroker")).isEqualTo("ok");
        assertThat(ask(socket, "alice", "site secret", "site")).isEqualTo("ok");
        assertThat(ask(socket, "alice", "secret", "site")).isEqualTo("fail");
        assertThat(ask(socket, "alice", "secret", "su")).isEqualTo("fail");
        assertThat(ask(socket, "bob", "secret", "x2gobroker")).isEqualTo("fail");
        assertThat(ask(socket, "", "secret", "x2gobroker")).isEqualTo("bad");
    }

    @Test
    void parametersAreResolved(
            @AuthServerSocket Path path, @AuthServerSocket String text, AuthServerExtension extension) {
        assertThat(path).isEqualTo(auth.socket()).exists();
        assertThat(text).isEqualTo(path.toString());
        assertThat(extension).isSameAs(auth);
    }

    @Test
    void scriptedResultsPrecedeAccountsInOrder() throws IOException {
        auth.answerNext(Reply.error(), Reply.fail().delayedBy(Duration.ofMillis(1)), Reply.ok());

        assertThat(ask("alice", "secret")).isEqualTo("error");
        assertThat(ask("alice", "secret")).isEqualTo("fail");
        assertThat(ask("bob", "x")).isEqualTo("ok");
        assertThat(ask("bob", "x")).isEqualTo("fail");
    }

    @Test
    void delayedResultIsPending() throws IOException {
        auth.answerAfter(Duration.ofMinutes(5));
        try (Peer peer = Peer.connect(auth.socket())) {
            peer.send("alice", "secret", "x2gobroker");
            while (auth.requests().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(peer.hasReply()).isFalse();
            auth.stop();
            assertThat(peer.reply()).isEqualTo("error");
        }
    }

    @Test
    void outageIsAnErrorForEveryRequest() throws IOException {
        auth.outage();

        assertThat(ask("alice", "secret")).isEqualTo("error");
        assertThat(ask("bob", "x")).isEqualTo("error");
    }

    @Test
    void stoppedServerIsUnreachableUntilStarted() throws IOException {
        Path socket = auth.socket();
        auth.stop();
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> Peer.connect(socket)).isInstanceOf(IOException.class);

        auth.start();
        assertThat(auth.socket()).isEqualTo(socket);
        assertThat(ask("alice", "secret")).isEqualTo("ok");
    }

    @Test
    void requestsAreRecordedWithoutPasswords() throws IOException {
        ask("alice", "secret");
        ask(auth.socket(), "bob", "x", "site");
        ask(auth.socket(), "bob", "x", "su");

        assertThat(auth.requests())
                .containsExactly(
                        new AuthServerExtension.Request("alice", "x2gobroker"),
                        new AuthServerExtension.Request("bob", "site"));
        assertThat(auth.requests().toString()).doesNotContain("secret");
    }

    @RepeatedTest(3)
    void everyTestStartsFromTheDeclaration() throws IOException {
        assertThat(auth.requests()).isEmpty();
        assertThat(ask("alice", "secret")).isEqualTo("ok");
        assertThat(ask("carol", "new")).isEqualTo("fail");
        auth.account("carol", "new");
        assertThat(ask("carol", "new")).isEqualTo("ok");
        auth.outage().answerAfter(Duration.ofMinutes(5)).answerNext(Reply.fail());
        auth.stop();
    }

    @Test
    void undeclaredServiceIsRefused() {
        assertThatThrownBy(() -> auth.account("alice", "x", "later"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("later");
        assertThatThrownBy(() -> auth.account("alice", "x", "no name")).isInstanceOf(IllegalArgumentException.class);
        auth.stop();
        assertThatThrownBy(() -> auth.account("alice", "x", "later")).isInstanceOf(IllegalStateException.class);
    }

    @Nested
    class InNestedClasses {
        @Test
        void nestedTestUsesTheServer() throws IOException {
            assertThat(ask("alice", "secret")).isEqualTo("ok");
        }
    }

    @Test
    void serverAndFilesAreRemovedAfterTheTests() {
        Uses.sockets.clear();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        try (LauncherSession session = LauncherFactory.openSession()) {
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(
                                            selectClass(Uses.OneForAllTests.class), selectClass(Uses.OneForEach.class))
                                    .build(),
                            summary);
        }

        assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(4);
        assertThat(summary.getSummary().getTestsFailedCount()).isZero();
        assertThat(Set.copyOf(Uses.sockets))
                .as("one for all, and one for each of two")
                .hasSize(3);
        assertThat(Uses.sockets)
                .allSatisfy(socket -> assertThat(socket.getParent()).doesNotExist());
    }

    @Test
    void socketOutsideATestIsAnError() {
        assertThatThrownBy(new AuthServerExtension()::socket).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(new AuthServerExtension()::start).isInstanceOf(IllegalStateException.class);
    }

    /** Not found by the build: these are run by the test above. */
    static final class Uses {
        static final List<Path> sockets = new ArrayList<>();

        private Uses() {}

        static class OneForEach {
            @RegisterExtension
            final AuthServerExtension own = new AuthServerExtension().account("alice", "secret");

            @Test
            void one() throws IOException {
                use(own.socket());
            }

            @Test
            void two() throws IOException {
                use(own.socket());
            }
        }

        @ExtendWith(AuthServerExtension.class)
        static class OneForAllTests {
            @Test
            void one(AuthServerExtension shared) throws IOException {
                use(shared.account("alice", "secret").socket());
            }

            @Test
            void two(AuthServerExtension shared) throws IOException {
                use(shared.account("alice", "secret").socket());
            }
        }

        private static void use(Path socket) throws IOException {
            sockets.add(socket);
            assertThat(Files.getPosixFilePermissions(socket.getParent())).hasSize(3);
            assertThat(ask(socket, "alice", "secret", "x2gobroker")).isEqualTo("ok");
        }
    }
}
