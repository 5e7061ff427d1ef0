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
 * Whether pam_unix(8) can read the hashes in /etc/shadow. Since Linux-PAM 1.6 it leaves this to unix_chkpwd(8) in a process that
 * is not root's; under NoNewPrivileges that program has no privilege. Before 1.6, pam_unix could read the file by its group. Where
 * pam_unix cannot read the hash, it calls a right password wrong.
 *
 * @param readable whether pam_unix can read the hashes
 * @param accounts the file with the local accounts, passwd(5)
 */
record ShadowPasswords(boolean readable, Path accounts) {
    private static final String MODULE = "pam_unix";

    /** The function that pam_unix calls to read /etc/shadow, up to Linux-PAM 1.5. */
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

    /** Turns a refusal into an error if pam_unix would have refused this user whatever the password; otherwise the result itself. */
    AuthResult checked(AuthResult result, ServiceStack stack, String user) throws IOException {
        if (readable || result.verdict() != Verdict.FAIL || !isLocal(user)) {
            return result;
        }
        boolean asked = stack.called().stream().anyMatch(rule -> rule.calls(MODULE));
        return asked ? UNREADABLE.delayedBy(result.failDelay()).measured(result.took()) : result;
    }

    private boolean isLocal(String user) throws IOException {
        // As bytes: other lines may be in any encoding.
        String entry = new String(user.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1) + ":";
        return Files.readString(accounts, StandardCharsets.ISO_8859_1).lines().anyMatch(line -> line.startsWith(entry));
    }
}
