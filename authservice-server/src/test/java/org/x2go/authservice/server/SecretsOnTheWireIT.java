package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.server.MarkedService.RIGHT;
import static org.x2go.authservice.server.MarkedService.WRONG;
import static org.x2go.authservice.server.ServiceProcess.request;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.x2go.authservice.testsupport.MarkedPasswords.Kind;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.TestScope;

/** As {@link SecretsIT}, for the many ways in which a peer may send requests, and for malformed ones. */
@Timeout(300)
@ParameterizedClass
@EnumSource(
        value = Jvm.class,
        names = {"PLAIN", "INSTALLED"})
@SuppressWarnings("NullAway.Init") // JUnit starts the service first.
class SecretsOnTheWireIT {
    private static final int MAX_REQUEST_BYTES = 4096;
    private static final List<Kind> KINDS = List.of(Kind.values());

    /** Once this is sent and answered, all that was sent before was read. */
    private static final String END = "\n";

    @TempDir
    static Path directory;

    private static MarkedService service;

    private final Random random = new Random(1);

    /** All tests are run once on each. */
    SecretsOnTheWireIT(Jvm jvm) {}

    @BeforeParameterizedClassInvocation
    static void start(Jvm jvm) throws Exception {
        if (jvm != Jvm.INSTALLED) {
            TestScope.requireAll();
        }
        service = new MarkedService(Files.createDirectory(directory.resolve(jvm.name())), jvm);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (service != null) {
            service.close();
        }
    }

    private static String right(Kind kind, String purpose) {
        return request("user", service.password(kind, RIGHT, purpose), "probe");
    }

    private static String wrong(Kind kind, String purpose) {
        return request("user", service.password(kind, WRONG, purpose), "probe");
    }

    @ParameterizedTest
    @EnumSource
    void fragmentedPasswordsAreWiped(Kind kind) throws Exception {
        try (RawPeer peer = service.connect()) {
            for (int i = 0; i < 40; i++) {
                String request = right(kind, "in pieces");
                for (int from = 0; from < request.length(); ) {
                    int to = Math.min(request.length(), from + 1 + random.nextInt(40));
                    peer.send(request.substring(from, to));
                    from = to;
                }
                assertThat(peer.reply()).isEqualTo("ok");
            }
            service.assertNothingIsLeft();
        }
    }

    /** Far more at once than fits into a buffer. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pipelinedPasswordsAreWiped(boolean shuttingDownOutput) throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            Kind kind = KINDS.get(i % KINDS.size());
            requests.append(i % 10 == 9 ? wrong(kind, "ahead, wrong") : right(kind, "ahead"));
        }
        try (RawPeer peer = service.connect().send(requests.toString())) {
            if (shuttingDownOutput) {
                peer.shutdownOutput();
            }
            for (int i = 0; i < 200; i++) {
                assertThat(peer.reply()).isEqualTo(i % 10 == 9 ? "fail" : "ok");
            }
            service.assertNothingIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4000, 4080, 4096, 4100, 8192, 20_000, 300_000})
    void linesAtAndBeyondTheLimitAreWiped(int length) throws Exception {
        for (Kind kind : Kind.values()) {
            // Bytes behind the line, in the same write, keep the buffer with the end of the line in use.
            try (RawPeer peer = service.connect()) {
                String line = request("user", service.password(kind, length, "long"), "deny");
                peer.send(line + "the next request begins");
                assertThat(peer.reply()).isEqualTo(line.length() > MAX_REQUEST_BYTES ? "bad" : "fail");
                service.assertNothingIsLeft();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "user\r%s",
                "%s\ruser",
                "user\r%s\r",
                "\r%s\rprobe",
                "user\r%s\0\rprobe",
                "user\r%s\r%s\rprobe",
                "user\r%s\rprobe\r",
                "\u00ff\r%s\rprobe",
                "user\r%s\r\u00ff"
            })
    void malformedRequestsAreWiped(String form) throws Exception {
        try (RawPeer peer = service.connect()) {
            for (Kind kind : Kind.values()) {
                peer.send(form.replace("%s", service.password(kind, WRONG, form)) + "\nand more");
                assertThat(peer.reply()).isEqualTo("bad");
                service.assertNothingIsLeft();
                peer.send(END);
                assertThat(peer.reply()).isEqualTo("bad");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "no-such-service", "../unix", "PROBE"})
    void passwordsForDisallowedServicesAreWiped(String name) throws Exception {
        try (RawPeer peer = service.connect()) {
            for (Kind kind : Kind.values()) {
                String password = service.password(kind, WRONG, "for " + name);
                assertThat(peer.send(request("user", password, name)).reply()).isEqualTo("fail");
            }
            service.assertNothingIsLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    void unterminatedLinesAreWiped(Kind kind) throws Exception {
        for (int length : new int[] {16, 64, 4000, 10_000}) {
            String begun = "user\r" + service.password(kind, length, "cut off");
            try (RawPeer peer = service.connect().send(begun).shutdownOutput()) {
                assertThat(peer.rest()).isEqualTo("bad\n");
            }
            service.assertNothingIsLeft();
            service.connect().send(begun).close();
            service.awaitThatNothingIsLeft();
        }
    }

    @Test
    void passwordsOfDisconnectedPeersAreWiped() throws Exception {
        for (int i = 0; i < 100; i++) {
            Kind kind = KINDS.get(i % KINDS.size());
            service.connect()
                    .send(right(kind, "left") + wrong(kind, "left with another"))
                    .close();
        }
        service.awaitThatNothingIsLeft();
    }
}
