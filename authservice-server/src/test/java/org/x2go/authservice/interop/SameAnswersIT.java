package org.x2go.authservice.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.x2go.authservice.interop.Exchange.request;
import static org.x2go.authservice.interop.Exchange.sending;
import static org.x2go.authservice.interop.Exchange.sendingAll;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.x2go.authservice.testsupport.RawPeer;

/**
 * Debian's Python server and ours get the same requests, with the same rules in /etc/pam.d. They give the same replies but
 * for the differences that are listed here; the Python server's side of these was found by running it.
 */
@ResourceLock("/etc/passwd")
@Timeout(120)
class SameAnswersIT {
    private static final String OK = "ok";
    private static final String FAIL = "fail";
    private static final String ERROR = "error";
    private static final String BAD = "bad";
    private static final String CLOSED = "closed";

    @TempDir
    static Path directory;

    private static BothServers servers;

    @BeforeAll
    static void start() throws Exception {
        servers = BothServers.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    /** A request for one of the test's services. */
    private static String ask(String user, String password, String shortName) {
        return request(user, password, servers.service(shortName));
    }

    private static String alice() {
        return ask("alice", "secret", "matrix");
    }

    private static String alicesGuess() {
        return ask("alice", "guess", "matrix");
    }

    /** A right password of this machine's account, for a service of any name. */
    private static String account(String service) {
        return request(servers.account().name(), BothServers.PASSWORD, service);
    }

    @ParameterizedTest
    @MethodSource
    void repliesAreThoseOfThePythonServer(Exchange exchange, String replies) throws Exception {
        assertThat(exchange.with(servers.python())).as("the Python server").isEqualTo(replies);
        assertThat(exchange.with(servers.ours())).as("our server").isEqualTo(replies);
    }

    static Stream<Arguments> repliesAreThoseOfThePythonServer() {
        return Stream.of(
                arguments(sending("right", alice()), OK),
                arguments(sending("wrong", alicesGuess()), FAIL),
                arguments(sending("unknown user", ask("mallory", "secret", "matrix")), FAIL),
                arguments(sending("UTF-8", ask("jürgen", "größe€😀", "matrix")), OK),
                arguments(sending("UTF-8, wrong", ask("jürgen", "große€😀", "matrix")), FAIL),
                arguments(sending("no password", ask("alice", "", "matrix")), FAIL),
                arguments(sending("no password, as it should be", ask("none", "", "matrix")), OK),
                arguments(sending("a password of 700 bytes", ask("long", "l".repeat(700), "matrix")), OK),
                arguments(sending("a user of 900 bytes", ask("u".repeat(900), "x", "permit")), OK),
                arguments(sending("sent ahead", alice() + alicesGuess() + alice()), "ok fail ok"),
                arguments(sending("sent one after the other", alicesGuess(), alice()), "fail ok"),
                arguments(
                        sending("sent ahead, over 1,024 bytes", alice().repeat(50)),
                        "ok ".repeat(50).strip()),
                arguments(sendingAll("the sending side shut down", alice()), "ok closed"),
                arguments(sendingAll("nothing sent", ""), CLOSED),
                arguments(sending("pam_unix, right", account(servers.service("unix"))), OK),
                arguments(sending("pam_unix, wrong", ask(servers.account().name(), "guess", "unix")), FAIL),
                arguments(sending("Debian's file for the broker, right", account("x2gobroker")), OK),
                arguments(sending("Debian's file for the broker, wrong", request("root", "guess", "x2gobroker")), FAIL),
                arguments(sending("account rules of \"other\"", account(servers.service("no-account-line"))), OK),
                arguments(sending("refused by a module", ask("alice", "x", "denied")), FAIL),
                arguments(sending("refused by the account rules", ask("alice", "x", "expired")), FAIL),
                arguments(
                        sending("unknown service, unknown user", request("alice", "secret", "no-such-service")), FAIL));
    }

    @ParameterizedTest
    @MethodSource
    void documentedDifferencesFromThePythonServer(Exchange exchange, String python, String ours) throws Exception {
        assertThat(exchange.with(servers.python())).as("the Python server").isEqualTo(python);
        assertThat(exchange.with(servers.ours())).as("our server").isEqualTo(ours);
    }

    static Stream<Arguments> documentedDifferencesFromThePythonServer() {
        return Stream.of(services(), malformed(), pieces(), troubles()).flatMap(part -> part);
    }

    /** A service that is not allowed never reaches PAM, where some accept whoever asks as root, as both servers do. */
    private static Stream<Arguments> services() {
        String service = servers.service("matrix");
        return Stream.of(
                arguments(sending("su", request("root", "guess", "su")), OK, FAIL),
                arguments(sending("su, in capitals", request("root", "guess", "SU")), OK, FAIL),
                arguments(sending("su, by a path", request("root", "guess", "../pam.d/su")), OK, FAIL),
                arguments(sending("su, for nobody", request("nobody", "guess", "su")), OK, FAIL),
                arguments(sending("runuser", request("root", "guess", "runuser")), OK, FAIL),
                arguments(sending("chfn", request("root", "guess", "chfn")), OK, FAIL),
                arguments(sending("an unknown service, by \"other\"", account("no-such-service")), OK, FAIL),
                arguments(sending("other", account("other")), OK, FAIL),
                arguments(sending("an allowed service without a file", account(servers.service("missing"))), OK, ERROR),
                arguments(
                        sending("a service in capitals", request("alice", "secret", "AUTH" + service.substring(4))),
                        OK,
                        FAIL),
                arguments(sending("a service with a path", request("alice", "secret", "/x/" + service)), OK, FAIL));
    }

    private static Stream<Arguments> malformed() {
        String service = servers.service("matrix");
        return Stream.of(
                arguments(sending("no service", account("")), OK, BAD),
                arguments(sending("no user", ask("", "secret", "permit")), OK, BAD),
                arguments(sending("two fields", "alice\rsecret\n"), CLOSED, BAD),
                arguments(sending("four fields", alice().replace("\n", "\rx\n")), CLOSED, BAD),
                arguments(sending("an empty line", "\n"), CLOSED, BAD),
                arguments(sending("CR LF at the end", alice().replace("\n", "\r\n")), CLOSED, BAD),
                arguments(sending("a good one after a bad one", "nonsense\n" + alice()), CLOSED, "bad ok"),
                arguments(sending("a bad one after a good one", alice() + "nonsense\n"), "ok closed", "ok bad"),
                arguments(sending("a good one long after a bad one", "nonsense\n", alice()), CLOSED, "bad ok"),
                arguments(sendingAll("cut off", alice().replace("\n", "")), CLOSED, "bad closed"),
                arguments(
                        sending("a password that is not UTF-8", "alice\rsecr\u00e4t\r" + service + "\n"), CLOSED, FAIL),
                arguments(
                        sending(
                                "the same, if PAM takes it",
                                ask("x", "", "permit").replace("\r\r", "\r\u00ff\r")),
                        CLOSED,
                        OK),
                arguments(sending("a user that is not UTF-8", "\u00e4lice\rsecret\r" + service + "\n"), CLOSED, BAD),
                arguments(sending("NUL in the password", ask("alice", "secret\0x", "matrix")), CLOSED, BAD),
                arguments(sending("NUL in the user", ask("alice\0x", "secret", "matrix")), CLOSED, BAD),
                arguments(sending("NUL in the service", ask("alice", "secret", "matrix\0x")), CLOSED, BAD));
    }

    private static Stream<Arguments> pieces() {
        String request = alice();
        int last = request.length() - 1;
        return Stream.of(
                arguments(sending("in two pieces", request.substring(0, 3), request.substring(3)), CLOSED, OK),
                arguments(
                        sending("its newline later", request.substring(0, last), request.substring(last)), CLOSED, OK),
                arguments(sending("over 1,024 bytes", ask("u".repeat(2000), "x", "permit")), CLOSED, OK),
                arguments(sending("over 4,096 bytes", ask("u".repeat(5000), "x", "permit")), CLOSED, BAD));
    }

    private static Stream<Arguments> troubles() {
        return Stream.of(
                arguments(sending("PAM's source of users is out of order", ask("alice", "x", "outage")), FAIL, ERROR),
                arguments(sending("a module that is not there", ask("alice", "x", "no-module")), FAIL, ERROR),
                // The Python server calls pam_setcred, which is for programs that open a session.
                arguments(sending("pam_setcred would fail", ask("alice", "x", "cred")), FAIL, OK));
    }

    @Test
    void accountWithoutAPasswordIsOpenInPythonOnly() throws Exception {
        servers.account().change("passwd", "-d");
        try {
            documentedDifferencesFromThePythonServer(
                    sending("nullok", ask(servers.account().name(), "", "unix")), OK, FAIL);
        } finally {
            servers.account().password(BothServers.PASSWORD);
        }
    }

    @Test
    void failDelayBlocksOthersInPythonOnly() throws Exception {
        try (RawPeer guesser = RawPeer.connect(servers.python());
                RawPeer user = RawPeer.connect(servers.python())) {
            guesser.send(ask(servers.account().name(), "guess", "unix"));
            user.send(alice());
            assertThat(user.reply()).isEqualTo("ok");
            // It was sent first and so it was answered first, delay and all. PamUnixIT shows that ours is not like
            // that.
            assertThat(guesser.hasReply()).isTrue();
        }
    }
}
