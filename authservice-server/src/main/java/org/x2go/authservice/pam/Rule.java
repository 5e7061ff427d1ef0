package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One rule of a service: a call of a module, or the refusing rule that libpam makes of a malformed line.
 *
 * @param file the file that it is in
 * @param line the number of its line there
 * @param facility what it is for
 * @param module the module as the file names it; empty for a rule that calls none
 * @param mayBeMissing whether the file says, by a {@code -}, that the module need not be installed
 */
record Rule(Path file, int line, Facility facility, Optional<String> module, boolean mayBeMissing) {
    private static final String SUFFIX = ".so";

    /** Whether it calls this module, named as {@link #nameOf} does. */
    boolean calls(String name) {
        return module.map(Rule::nameOf).filter(name::equals).isPresent();
    }

    /** The name of a module, however it is written: the last element of its path, without {@code .so}. */
    static String nameOf(String module) {
        String last = module.substring(module.lastIndexOf('/') + 1);
        int suffix = last.indexOf(SUFFIX);
        return suffix < 0 ? last : last.substring(0, suffix);
    }

    /** Where it is, for an admin. */
    String where() {
        return file + ", line " + line;
    }
}
