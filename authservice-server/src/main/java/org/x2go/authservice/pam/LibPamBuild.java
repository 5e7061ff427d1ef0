package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where this machine's libpam searches for service files and modules, as fixed when it was built. Distributions differ in them, and no
 * function returns them, so they are read from the strings in the library's file.
 *
 * @param debian whether it has Debian's {@code @include}. If so, an included relative name is looked up in /etc/pam.d only, even
 *     if the including file is in another directory; other builds look it up like a service's name.
 * @param directories where the files of services are, those of the admin first
 * @param moduleDirectories where modules are
 */
record LibPamBuild(boolean debian, List<Path> directories, List<Path> moduleDirectories) {
    /** The directory of the admin's files, which is searched before the vendor's. */
    static final Path ETC = Path.of("/etc/pam.d");

    private static final Path VENDOR = Path.of("/usr/lib/pam.d");

    /** A directory of modules; Debian's libpam has two: the architecture's, and an older one (_PAM_ISA). */
    private static final Pattern MODULE_DIRECTORY = Pattern.compile("(?<=\0)(/[\\x21-\\x7e]*/security)/?(?=\0)");

    private static final Pattern DIRECTORY = Pattern.compile("(?<=\0)(/[\\x21-\\x7e]*/pam\\.d)/%s(?=\0)");

    /**
     * Reads the build options of the libpam that this process has loaded.
     *
     * @throws PamUnavailableException if its file cannot be read
     */
    static LibPamBuild current() throws PamUnavailableException {
        try {
            Path library = loaded().orElseThrow(() -> new IOException(LibPam.LIBRARY + " is not loaded"));
            return of(library, Files.readAllBytes(library));
        } catch (IOException e) {
            throw new PamUnavailableException("cannot find out where libpam looks for its files: " + e, e);
        }
    }

    private static Optional<Path> loaded() throws IOException {
        // One mapping a line: addresses, access, offset, device, inode, and the file behind the first slash.
        return Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1).stream()
                .filter(mapping -> mapping.contains("/libpam.so."))
                .map(mapping -> Path.of(mapping.substring(mapping.indexOf('/')).replace(" (deleted)", "")))
                .findFirst();
    }

    static LibPamBuild of(Path library, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<Path> directories = new ArrayList<>(List.of(ETC, VENDOR));
        found(DIRECTORY, text).filter(path -> !directories.contains(path)).forEach(directories::add);
        List<Path> modules = new ArrayList<>(found(MODULE_DIRECTORY, text).toList());
        if (modules.isEmpty()) {
            modules.add(library.resolveSibling("security"));
        }
        return new LibPamBuild(text.contains("\0@include\0"), List.copyOf(directories), List.copyOf(modules));
    }

    private static Stream<Path> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult result) -> Path.of(result.group(1)));
    }

    /**
     * The candidates for a service's file; libpam uses the first that exists.
     *
     * @param confdir the only directory of service files; empty for the system's
     */
    List<Path> services(String service, Optional<Path> confdir) {
        return confdir.map(List::of).orElse(directories).stream()
                .map(directory -> directory.resolve(service))
                .toList();
    }

    /** The candidates for a file that is included by this name. */
    List<Path> included(String name, Optional<Path> confdir) {
        if (name.startsWith("/")) {
            return List.of(Path.of(name));
        }
        return debian ? List.of(ETC.resolve(name)) : services(name, confdir);
    }

    /** The candidates for a module; libpam uses the first that can be loaded. */
    List<Path> modules(String module) {
        return moduleDirectories.stream()
                .map(directory -> directory.resolve(module))
                .distinct()
                .toList();
    }
}
