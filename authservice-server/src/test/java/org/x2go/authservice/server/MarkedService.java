package org.x2go.authservice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.x2go.authservice.server.ServiceProcess.request;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.x2go.authservice.testsupport.MarkedPasswords;
import org.x2go.authservice.testsupport.MarkedPasswords.Found;
import org.x2go.authservice.testsupport.MarkedPasswords.Kind;
import org.x2go.authservice.testsupport.ProbeModule;
import org.x2go.authservice.testsupport.Program;
import org.x2go.authservice.testsupport.RawPeer;
import org.x2go.authservice.testsupport.Requirements;

/**
 * The packaged service, asked with marked passwords, for which its memory, its children's and its log are searched. It
 * has two workers, and these PAM services: "probe" and "tell", for which a password is right if it ends with {@link
 * #RIGHT_END}; "unix" and "deny"; "delay", which refuses after a while; and "held", which accepts when it is told
 * to.
 */
final class MarkedService implements AutoCloseable {
    /** The lengths of a password that is right, and of one that is wrong, for the probe module. */
    static final int RIGHT = 65;

    static final int WRONG = 64;

    /** What the passwords of the length RIGHT end with, and those of the length WRONG do not. */
    private static final String RIGHT_END = "a";

    private final MarkedPasswords passwords = new MarkedPasswords();
    private final Path directory;

    /** What held requests wait for: a file for each time, so that one that a failed test has left goes on. */
    private Path go;

    private int holds;
    private final ServiceProcess process;

    /** Starts it, with its files in a directory; needs root. */
    MarkedService(Path directory, Jvm jvm) throws IOException, InterruptedException {
        Requirements.root();
        Requirements.pamModule("pam_unix.so");
        Requirements.pamModule("pam_exec.so");
        this.directory = directory;
        this.go = directory.resolve("go");
        Path hold = Files.writeString(
                directory.resolve("hold"),
                "#!/bin/sh\ngo=$(cat " + directory + "/now)\n: > " + directory
                        + "/held-by-$PAM_USER\nuntil test -e \"$go\"; do sleep 0.05; done\n");
        Files.setPosixFilePermissions(hold, PosixFilePermissions.fromString("rwxr-xr-x"));
        String probe = "auth required " + ProbeModule.compileIn(directory) + " authtok=";
        String anyAccount = "account required pam_permit.so";
        writePamService("probe", probe + RIGHT_END, anyAccount);
        writePamService("tell", probe + RIGHT_END + " tell", anyAccount);
        writePamService("unix", "auth required pam_unix.so nodelay", "account required pam_unix.so");
        writePamService("deny", "auth required pam_deny.so", anyAccount);
        writePamService("delay", "auth optional pam_faildelay.so delay=3000000", probe + "-");
        writePamService(
                "held",
                "auth [default=ignore] pam_unix.so nodelay",
                "auth required pam_exec.so quiet " + hold,
                anyAccount);
        process = ServiceProcess.start(directory, jvm.options(), "--workers", "2", "--isolation", jvm.isolation());
    }

    private void writePamService(String name, String... lines) throws IOException {
        ServiceProcess.writePamService(directory, name, lines);
    }

    /** A password that is going to be searched for. */
    String password(Kind kind, int length, String purpose) {
        return passwords.next(kind, length, purpose);
    }

    RawPeer connect() throws IOException {
        return process.connect();
    }

    /** Asks on a connection of its own. */
    String ask(String user, String password, String service) throws IOException {
        try (RawPeer peer = connect()) {
            return peer.send(request(user, password, service)).reply();
        }
    }

    /** From now on the service "held" waits. */
    void hold() throws IOException {
        go = directory.resolve("go-" + ++holds);
        Files.writeString(directory.resolve("now"), go.toString());
    }

    /** Waits until it waits for this user. */
    void awaitHeld(String user) throws InterruptedException {
        Program.await("PAM is asked for " + user, () -> Files.exists(directory.resolve("held-by-" + user)));
    }

    /** Lets the held requests continue, which are accepted. */
    void letGo() throws IOException {
        Files.write(go, new byte[0]);
    }

    List<Found> search() {
        return search(passwords);
    }

    /** Where markers are found. */
    List<Found> search(MarkedPasswords markers) {
        try {
            return markers.in(process.handle());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void assertNothingIsLeft() {
        assertThat(search().stream().distinct()).isEmpty();
    }

    /** For peers that do not wait for the reply. */
    void awaitThatNothingIsLeft() throws InterruptedException {
        Program.await("nothing is left of any password", () -> search().isEmpty());
    }

    String log() throws IOException {
        return Files.readString(process.output().get(0));
    }

    /** Stops it, and searches what it has written. */
    @Override
    public void close() throws IOException {
        process.close();
        for (Path output : process.output()) {
            assertThat(passwords.in(output.toString(), Files.readAllBytes(output)))
                    .isEmpty();
        }
    }
}
