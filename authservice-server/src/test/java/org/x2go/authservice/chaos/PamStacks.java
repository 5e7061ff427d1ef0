package org.x2go.authservice.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.x2go.authservice.testsupport.Requirements;

/** A directory of PAM service files, one for each kind of module that a server meets, and requests to go with them. */
final class PamStacks implements ChaosRequest.Source {
    static final Set<String> SERVICES = Set.of("table", "permit", "deny", "delayed", "command", "sleeping", "missing");

    private static final int NAMES = 200;

    private final Path directory;

    /** Writes the files. The command of "sleeping" takes this many seconds. */
    PamStacks(Path directory, long sleepSeconds) throws IOException {
        this.directory = directory;
        List.of("pam_permit.so", "pam_deny.so", "pam_exec.so", "pam_faildelay.so")
                .forEach(Requirements::pamModule);
        String table = table("table");
        writePamService("table", "auth required " + table, "account required " + table);
        writePamService("permit", "auth required pam_permit.so", "account required pam_permit.so");
        writePamService("deny", "auth required pam_deny.so", "account required pam_permit.so");
        String delayed = table("delayed");
        writePamService(
                "delayed",
                "auth optional pam_faildelay.so delay=200000",
                "auth required " + delayed,
                "account required " + delayed);
        Path check = command("check", "[ \"$(tr -d '\\0')\" = right ]");
        writePamService(
                "command", "auth required pam_exec.so quiet expose_authtok " + check, "account required pam_permit.so");
        Path sleep = command("sleep", "exec sleep " + sleepSeconds);
        writePamService("sleeping", "auth required pam_exec.so quiet " + sleep, "account required pam_permit.so");
    }

    /** The module that lets all users into this service with the password "right"; it reads one line for each user. */
    private String table(String service) throws IOException {
        Path passwords = directory.resolve(service + ".passwords");
        Files.write(
                passwords,
                IntStream.range(0, NAMES)
                        .mapToObj(i -> "user" + i + ":right:" + service)
                        .toList());
        return Requirements.pamModule("pam_matrix.so") + " passdb=" + passwords;
    }

    private void writePamService(String name, String... lines) throws IOException {
        Files.write(directory.resolve(name), List.of(lines));
    }

    private Path command(String name, String line) throws IOException {
        Path script = directory.resolve(name + ".sh");
        Files.write(script, List.of("#!/bin/sh", line));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    public ChaosRequest next(Random random) {
        String user = "user" + random.nextInt(NAMES);
        boolean right = random.nextBoolean();
        return switch (random.nextInt(40)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> ChaosRequest.withCertainAnswer(random);
            case 8, 9, 10, 11 -> ChaosRequest.right(user, "anything", "permit");
            case 12, 13, 14, 15 -> ChaosRequest.wrong(user, "right", "deny");
            case 16, 17, 18 -> ask(user, right, "delayed");
            case 19, 20 -> ask(user, right, "command");
            case 21 -> ChaosRequest.unanswerable(user, "right", "sleeping");
            case 22 -> ChaosRequest.unanswerable(user, "right", "missing");
            default -> ask(user, right, "table");
        };
    }

    private static ChaosRequest ask(String user, boolean right, String service) {
        return right ? ChaosRequest.right(user, "right", service) : ChaosRequest.wrong(user, "guess", service);
    }
}
