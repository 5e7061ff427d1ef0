package org.x2go.authservice.testsupport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An account of this machine, to be removed after use. Requires root. */
public final class SystemAccount {
    private static final String PREFIX = "authsvc-it-";

    private final String name;

    private SystemAccount(String name) {
        this.name = name;
    }

    /** Makes an account without a password, named after this process, and removes those of processes that were killed. */
    public static SystemAccount create() throws IOException, InterruptedException {
        Requirements.root();
        for (String program : List.of("useradd", "userdel", "usermod", "chpasswd", "chage", "passwd")) {
            Requirements.program(program);
        }
        for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
            String leftOver = line.substring(0, Math.max(line.indexOf(':'), 0));
            if (leftOver.startsWith(PREFIX) && isOver(leftOver.substring(PREFIX.length()))) {
                run("", "userdel", leftOver);
            }
        }
        SystemAccount account =
                new SystemAccount(PREFIX + ProcessHandle.current().pid());
        must("", "useradd", "--no-create-home", "--no-user-group", "--shell", "/bin/sh", account.name);
        return account;
    }

    private static boolean isOver(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(process -> !process.equals(ProcessHandle.current()))
                .isEmpty();
    }

    public String name() {
        return name;
    }

    public SystemAccount password(String password) throws IOException, InterruptedException {
        // The cheapest of the strong hashes: many logins are checked with it.
        return password(password, "SHA256", "--sha-rounds", "1000");
    }

    /** With a hash of the method that {@code chpasswd --crypt-method} knows by this name. */
    public SystemAccount password(String password, String method, String... options)
            throws IOException, InterruptedException {
        String[] command = Stream.concat(Stream.of("chpasswd", "--crypt-method", method), Stream.of(options))
                .toArray(String[]::new);
        must(name + ":" + password + "\n", command);
        return this;
    }

    /** Runs a command about the account, whose name is added as its last word. */
    public SystemAccount change(String... command) throws IOException, InterruptedException {
        must("", Stream.concat(Stream.of(command), Stream.of(name)).toArray(String[]::new));
        return this;
    }

    public void remove() throws IOException, InterruptedException {
        must("", "userdel", name);
    }

    private static void must(String input, String... command) throws IOException, InterruptedException {
        int status = run(input, command);
        if (status != 0) {
            throw new IOException(command[0] + " ended with status " + status);
        }
    }

    private static int run(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // A command that reads nothing may have ended already; its status is what counts.
            if (process.isAlive()) {
                throw e;
            }
        }
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return process.exitValue();
    }
}
