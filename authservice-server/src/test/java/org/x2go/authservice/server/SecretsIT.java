package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.server.MarkedService.RIGHT;
import static org.x2go.authservice.server.MarkedService.WRONG;
import static org.x2go.authservice.server.ServiceProcess.request;
import static org.x2go.authservice.testsupport.MarkedPasswords.id;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.MarkedPasswords;
import org.x2go.authservice.testsupport.MarkedPasswords.Found;
import org.x2go.authservice.testsupport.MarkedPasswords.Kind;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.SystemAccount;
import org.x2go.authservice.testsupport.TestScope;

/**
 * Once a request is over, its password is nowhere in the memory of the packaged service and its children, nor in its log.
 * One that is in flight is found, which shows that the search works. Each test searches for all passwords so far.
 */
@ResourceLock("/etc/passwd")
@Timeout(300)
@ParameterizedClass
@EnumSource(Jvm.class)
@SuppressWarnings("NullAway.Init") // JUnit starts the service first.
class SecretsIT {
    @TempDir
    static Path directory;

    private static MarkedService service;

    private final Random random = new Random(1);

    /** All tests are run once on each. */
    SecretsIT(Jvm jvm) {}

    @BeforeParameterizedClassInvocation
    static void start(Jvm jvm) throws Exception {
        if (jvm != Jvm.INSTALLED_ISOLATED) {
            TestScope.requireAll();
        }
        service = new MarkedService(Files.createDirectory(directory.resolve(jvm.name())), jvm);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (service != null) {
            service.close();
            assertThat(service.log()).contains(" DEBUG ", "(withheld, because it holds the password)");
        }
    }

    @AfterEach
    void letGo() throws Exception {
        service.letGo();
    }

    @ParameterizedTest
    @EnumSource
    void passwordsAreInMemoryOnlyWhileInFlight(Kind kind) throws Exception {
        service.hold();
        String user = "held" + kind;
        List<String> ids = new ArrayList<>();
        List<RawPeer> peers = new ArrayList<>();
        // Of a user's five attempts two are in the workers and three in the queue; three more requests wait for a
        // permit.
        for (int i = 0; i < 8; i++) {
            String password = service.password(kind, WRONG, "in PAM, or in a queue");
            ids.add(id(password));
            peers.add(service.connect().send(request(user, password, "held")));
        }
        service.awaitHeld(user);
        String half = service.password(kind, WRONG, "in half a line");
        ids.add(id(half));
        try (RawPeer slow = service.connect().send(user + "\r" + half)) {
            // While a request is in flight, the service reads once more from its connection.
            String ahead = service.password(kind, RIGHT, "behind the first");
            ids.add(id(ahead));
            peers.get(0).send(request(user, ahead, "probe"));
            Program.await("all are found", () -> foundIds().containsAll(ids));
            assertThat(foundIds()).containsExactlyInAnyOrderElementsOf(ids);
        }
        // Two peers leave without a reply, and one within a line.
        peers.remove(7).close();
        peers.remove(6).close();
        service.letGo();
        for (RawPeer peer : peers) {
            assertThat(peer.reply()).isEqualTo("ok");
        }
        assertThat(peers.get(0).reply()).isEqualTo("ok");
        service.awaitThatNothingIsLeft();
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    private static List<String> foundIds() {
        return service.search().stream().map(Found::id).distinct().toList();
    }

    /** A name is not a secret, and is a string in Java's heap. */
    @ParameterizedTest
    @EnumSource(names = {"ASCII", "UTF8"})
    void searchFindsTextInTheHeap(Kind kind) throws Exception {
        service.hold();
        MarkedPasswords names = new MarkedPasswords();
        String name = names.next(kind, 16, "a name");
        String form = kind == Kind.ASCII ? "ASCII" : "UTF8, in UTF-16";
        try (RawPeer peer = service.connect().send(request(name, "", "held"))) {
            Program.await(
                    "the name is found",
                    () -> service.search(names).stream()
                            .anyMatch(found ->
                                    found.id().equals(id(name)) && found.form().equals(form)));
            service.letGo();
            assertThat(peer.reply()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource
    void rightAndWrongPasswordsAreWiped(Kind kind) throws Exception {
        for (int i = 0; i < 30; i++) {
            int length = 16 + 16 * random.nextInt(20);
            assertThat(service.ask("user" + i, service.password(kind, length + 1, "right"), "probe"))
                    .isEqualTo("ok");
            assertThat(service.ask("user" + i, service.password(kind, length, "wrong"), "probe"))
                    .isEqualTo("fail");
            assertThat(service.ask("user" + i, service.password(kind, WRONG, "not asked for"), "deny"))
                    .isEqualTo("fail");
            service.assertNothingIsLeft();
        }
    }

    /**
     * Code that copies several bytes at once may leave them on a stack. The length of the user's name decides where in the
     * password such a group of bytes begins.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyEightBytesOfAPasswordAreWiped(int lengthOfName) throws Exception {
        for (Kind kind : Kind.values()) {
            String password = service.password(kind, RIGHT, "after a name of " + lengthOfName + " bytes");
            assertThat(service.ask("n".repeat(lengthOfName), password, "tell")).isEqualTo("ok");
            service.assertNothingIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"YESCRYPT", "SHA512", "SHA256", "MD5"})
    void passwordsHashedByPamUnixAreWiped(String method) throws Exception {
        SystemAccount account = SystemAccount.create();
        try {
            for (int i = 0; i < 5; i++) {
                String right = service.password(Kind.ASCII, RIGHT, "right, " + method);
                account.password(right, method);
                assertThat(service.ask(account.name(), right, "unix")).isEqualTo("ok");
                for (Kind kind : Kind.values()) {
                    String wrong = service.password(kind, WRONG, "wrong, " + method);
                    assertThat(service.ask(account.name(), wrong, "unix")).isEqualTo("fail");
                }
                String unknown = service.password(Kind.ASCII, WRONG, "of an unknown user");
                assertThat(service.ask("no-such-user", unknown, "unix")).isEqualTo("fail");
            }
        } finally {
            account.remove();
        }
        service.assertNothingIsLeft();
    }

    @Test
    void passwordsRepeatedByAModuleAreWiped() throws Exception {
        for (Kind kind : Kind.values()) {
            for (int length : List.of(17, RIGHT, 257)) {
                assertThat(service.ask("told", service.password(kind, length, "told"), "tell"))
                        .isEqualTo("ok");
                service.assertNothingIsLeft();
            }
        }
    }

    @Test
    void passwordIsWipedDuringTheFailDelay() throws Exception {
        String password = service.password(Kind.ASCII, WRONG, "held back");
        try (RawPeer peer = service.connect().send(request("delayed", password, "delay"))) {
            service.awaitThatNothingIsLeft();
            assertThat(peer.reply()).isEqualTo("fail");
        }
    }
}
