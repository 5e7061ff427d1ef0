package org.x2go.authservice.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.x2go.authservice.testsupport.Needs;
import org.x2go.authservice.testsupport.ServerProcess;

/** What the packaged program does from the moment that its socket's file is there. */
class SocketStartIT {
    @TempDir
    Path directory;

    /** Whoever waits for the path and connects at once is not refused. */
    @Test
    void listensWithNothingBetweenThatAndTheBind() throws Exception {
        Path trace = directory.resolve("trace");
        Path pam = Files.createDirectory(directory.resolve("pam"));
        Files.writeString(pam.resolve("x2gobroker"), "auth required pam_deny.so\n");
        ServerProcess.in(directory)
                .launcher(
                        Needs.program("strace").toString(),
                        "-D",
                        "-f",
                        "-qq",
                        "-o",
                        trace.toString(),
                        "-e",
                        "trace=%file,%network,read,pread64")
                .args("--pam-confdir", pam.toString(), "--isolation", "thread")
                .start()
                .close();

        List<String> calls = Files.readAllLines(trace);
        Matcher bind = Pattern.compile("([0-9]+) +bind\\(([0-9]+), .*\"" + directory.resolve("socket") + "\".*")
                .matcher("");
        int at = 0;
        while (!bind.reset(calls.get(at)).matches()) {
            at++;
        }
        String thread = bind.group(1);
        assertThat(calls.subList(at + 1, calls.size()))
                .filteredOn(call -> call.startsWith(thread + " "))
                .first()
                .asString()
                .contains(" listen(" + bind.group(2) + ", ");
    }
}
