package org.x2go.authservice.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.x2go.authservice.testsupport.Requirements;

/** A PAM service with users and passwords of its own, by libpam-wrapper's pam_matrix(8). */
final class MatrixService {
    private MatrixService() {}

    /**
     * Writes the service's file, and beside the directory that it is in the file of its accounts.
     *
     * @param accounts each as {@code user:password}
     */
    static void write(Path directory, String service, String... accounts) throws IOException {
        Path passwords = directory.resolveSibling(service + ".passwords");
        Files.write(
                passwords,
                Stream.of(accounts).map(account -> account + ":" + service).toList());
        Files.write(Files.createDirectories(directory).resolve(service), lines(passwords));
    }

    /** The lines of a service whose accounts are in this file. */
    static List<String> lines(Path passwords) {
        String module = Requirements.pamModule("pam_matrix.so") + " passdb=" + passwords;
        return List.of("auth required " + module, "account required " + module);
    }
}
