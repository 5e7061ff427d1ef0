package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.protocol.Verdict;

/**
 * Whether pam_unix(8) can read the passwords that it is to compare with. A process that is not root's and cannot become root
 * reads /etc/shadow by its group, if at all; and since Linux-PAM 1.6 pam_unix leaves that to unix_chkpwd(8), which such a process
 * starts without its privilege. pam_unix then calls a right password wrong.
 *
 * @param readable whether it can
 * @param accounts the file with the local accounts, passwd(5)
 */
record ShadowPasswords(boolean readable, Path accounts) {
    private static final String MODULE = "pam_unix";

    /** The function by which pam_unix read /etc/shadow by itself. */
    private static final String READER = "pam_modutil_getspnam";

    private static final AuthResult UNREADABLE = AuthResult.error(
            MODULE + " cannot read the passwords of local users: it needs root, or privileges that unix_chkpwd is not"
                    + " given here (NoNewPrivileges)");

    /** For this process, and the modules of this libpam. */
    static ShadowPasswords of(LibPamBuild build) {
        return new ShadowPasswords(isReadable(build), Path.of("/etc/passwd"));
    }

    private static boolean isReadable(LibPamBuild build) {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1);
            // Real, effective, saved and filesystem ID.
            boolean root = status.stream().anyMatch(line -> line.matches("Uid:\\t\\d+\\t0\\t.*"));
            if (root || !status.contains("NoNewPrivs:\t1")) {
                return true;
            }
            Optional<Path> module = build.modules(MODULE + ".so").stream()
                    .filter(Files::isRegularFile)
                    .findFirst();
            return module.isEmpty() || (readsByItself(module.get()) && Files.isReadable(Path.of("/etc/shadow")));
        } catch (IOException e) {
            return true; // not known
        }
    }

    /** Whether this pam_unix is of a libpam before 1.6. */
    static boolean readsByItself(Path module) throws IOException {
        return Files.readString(module, StandardCharsets.ISO_8859_1).contains(READER);
    }

    /** The result; or that there is none if pam_unix had to refuse this user, whatever the password. */
    AuthResult judge(AuthResult result, ServiceStack stack, String user) throws IOException {
        return readable
                        || result.verdict() != Verdict.FAIL
                        || stack.called().stream().noneMatch(rule -> rule.calls(MODULE))
                        || !isLocal(user)
                ? result
                : UNREADABLE.measured(result.took());
    }

    private boolean isLocal(String user) throws IOException {
        String entry = user + ":";
        return Files.readString(accounts, StandardCharsets.UTF_8).lines().anyMatch(line -> line.startsWith(entry));
    }
}
