package org.x2go.authservice.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;
import org.x2go.authservice.testsupport.ServerProcess;
import org.x2go.authservice.testsupport.SystemAccount;

/** The packaged server checks an account of this machine, made for the test, with pam_unix(8). */
@ResourceLock("/etc/passwd")
@Timeout(120)
class PamUnixIT {
    private static final String RIGHT = "größe-und-horse";
    private static final Pattern DELAY = Pattern.compile(" delay_ms=(\\d+) ");

    @TempDir
    Path directory;

    private SystemAccount account;
    private ServerProcess server;

    @BeforeEach
    void makeAccountAndStart() throws Exception {
        Path confdir = Files.createDirectory(directory.resolve("pam.d"));
        Path unix = Requirements.pamModule("pam_unix.so");
        Path delay = Requirements.pamModule("pam_faildelay.so");
        String auth = "auth required " + unix + " nullok";
        String rules = "account required " + unix;
        Files.write(confdir.resolve("unix"), List.of(auth + " nodelay", rules));
        Files.write(confdir.resolve("delaying"), List.of(auth, rules));
        Files.write(confdir.resolve("slow"), List.of("auth optional " + delay + " delay=8000000", auth, rules));
        account = SystemAccount.create().password(RIGHT);
        server = ServerProcess.in(directory.resolve("server"))
                .args("--pam-confdir", confdir.toString())
                .allow(List.of("unix", "delaying", "slow"))
                .start();
    }

    @AfterEach
    void stopAndRemoveAccount() throws Exception {
        if (server != null) {
            server.close();
        }
        if (account != null) {
            account.remove();
        }
    }

    private String ask(String password) throws Exception {
        return server.ask(account.name(), password, "unix");
    }

    @Test
    void rightPasswordIsAccepted() throws Exception {
        assertThat(ask(RIGHT)).isEqualTo("ok");
        server.awaitLog("INFO  ok user=\"" + account.name() + "\" service=\"unix\" ", " delay_ms=0 ");
    }

    @Test
    void refusalsAreDelayedAsPamAsks() throws Exception {
        assertThat(server.ask(account.name(), "wrong", "delaying")).isEqualTo("fail");
        assertThat(server.ask("no-such-user", RIGHT, "delaying")).isEqualTo("fail");
        server.stop();
        List<String> lines = server.log().stream()
                .filter(line -> line.contains(" fail user="))
                .toList();
        assertThat(lines).hasSize(2).allSatisfy(line -> {
            Matcher delay = DELAY.matcher(line);
            assertThat(delay.find()).isTrue();
            // pam_unix asks for 2 s, which libpam varies by half.
            assertThat(Integer.parseInt(delay.group(1))).isBetween(1000, 3000);
        });
    }

    @Test
    void delayedRefusalDoesNotDelayOthers() throws Exception {
        BlockingQueue<String> replies = new LinkedBlockingQueue<>();
        try (RawPeer guesser = server.connect()) {
            // pam_faildelay asks for longer than pam_unix: others may take seconds and are still the first.
            guesser.send(account.name() + "\rwrong\rslow\n");
            Thread waiting = new Thread(() -> replies.add("guesser: " + reply(guesser)), "guesser");
            waiting.start();
            server.awaitLog("INFO  fail user=\"" + account.name() + "\" service=\"slow\" ");

            replies.add("user: " + ask(RIGHT));
            replies.add("user: " + server.ask(account.name(), RIGHT, "slow"));

            waiting.join();
            assertThat(replies).containsExactly("user: ok", "user: ok", "guesser: fail");
        }
    }

    private static String reply(RawPeer peer) {
        try {
            return peer.reply();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void expiredAccountFails() throws Exception {
        account.change("chage", "-E", "2001-01-01");
        assertThat(ask(RIGHT)).isEqualTo("fail");
        server.awaitLog("INFO  fail user=\"" + account.name() + "\" ", "PAM_ACCT_EXPIRED");
    }

    @Test
    void expiredPasswordFails() throws Exception {
        account.change("chage", "-d", "0");
        assertThat(ask(RIGHT)).isEqualTo("fail");
        server.awaitLog("INFO  fail user=\"" + account.name() + "\" ", "PAM_NEW_AUTHTOK_REQD");
    }

    @Test
    void changedPasswordCountsAtTheNextRequest() throws Exception {
        assertThat(ask(RIGHT)).isEqualTo("ok");
        account.password("another one");
        assertThat(ask("another one")).isEqualTo("ok");
        assertThat(ask(RIGHT)).isEqualTo("fail");
    }

    @Test
    void accountWithoutAPasswordFailsDespiteNullok() throws Exception {
        account.change("passwd", "-d");
        assertThat(ask("")).isEqualTo("fail");
    }
}
