package org.x2go.authservice.pam;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loads modules like libpam, to check whether that works. Loading runs the modules' initializers. */
final class ModuleCheck {
    private static final int RTLD_NOW = 2;

    private final LibPamBuild build;

    ModuleCheck(LibPamBuild build) {
        this.build = build;
    }

    /** Why libpam could not call the module of this rule; empty if it could, or the rule has none. */
    Optional<String> fault(Rule rule) {
        String module = rule.module().orElseThrow();
        List<Path> paths = build.modules(module);
        Optional<String> fault = Optional.of("is not there; looked for " + paths);
        for (Path path : paths) {
            if (Files.exists(path)) {
                // Loading a pipe would block for ever.
                fault = Files.isRegularFile(path)
                        ? fault(path, rule.facility())
                        : Optional.of("is not a regular file: " + path);
                if (fault.isEmpty()) {
                    return fault;
                }
            }
        }
        return fault.map(text -> "module " + module + " " + text);
    }

    private static Optional<String> fault(Path path, Facility facility) {
        String function = facility == Facility.AUTH ? "pam_sm_authenticate" : "pam_sm_acct_mgmt";
        try {
            NativeLibrary library =
                    NativeLibrary.getInstance(path.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW));
            var unused = library.getFunction(function);
            return Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.of("cannot be used for " + facility + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }
}
