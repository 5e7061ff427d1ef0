package org.x2go.authservice.pam;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.LogText;

/**
 * Reads the rules of one service like libpam's _pam_parse_conf_file, with the same rules and facilities as result. Of
 * malformed lines libpam makes rules that refuse.
 */
final class RuleReader {
    /** libpam's limit since 1.6. Older versions follow a file that includes itself until their stack overflows. */
    private static final int MAX_DEPTH = 16;

    private final LibPamBuild build;
    private final Optional<Path> confdir;
    private final VisitedFiles files;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    private RuleReader(LibPamBuild build, Optional<Path> confdir, VisitedFiles files) {
        this.build = build;
        this.confdir = confdir;
        this.files = files;
    }

    /**
     * Reads the service's file and all that it includes.
     *
     * @param confdir the only directory of service files; empty for the system's
     * @param files opens the files
     */
    static ServiceRules read(String service, LibPamBuild build, Optional<Path> confdir, VisitedFiles files) {
        return new RuleReader(build, confdir, files).read(service);
    }

    private ServiceRules read(String service) {
        List<Path> candidates = build.services(service, confdir);
        for (Path candidate : candidates) {
            try {
                if (readOwn(candidate)) {
                    return new ServiceRules(Optional.of(candidate), rules, Optional.empty(), findings);
                }
            } catch (RefusedFileException e) {
                return new ServiceRules(Optional.of(candidate), rules, Optional.of(e.refusal()), findings);
            }
        }
        Refusal missing = new Refusal("service file missing", "looked for " + candidates + ": create one");
        return new ServiceRules(Optional.empty(), rules, Optional.of(missing), findings);
    }

    /** Reads the service's own file; returns whether it exists. */
    private boolean readOwn(Path file) throws RefusedFileException {
        byte[] content;
        try {
            content = files.open(file);
        } catch (IOException e) {
            throw new RefusedFileException(
                    "cannot read " + file + ": " + e.getClass().getSimpleName(),
                    "libpam would use another file instead: give read access to the user that PAM runs as");
        }
        if (content == null) {
            return false;
        }
        if (!parse(file, content, null, 0)) {
            throw new RefusedFileException(
                    findings.get(findings.size() - 1).text(), "libpam stops there and refuses every login");
        }
        return true;
    }

    /**
     * Reads one file.
     *
     * @param requested the only facility whose rules count, that of the including rule; null for all
     * @return whether libpam continues; if not, the last finding says why
     */
    private boolean parse(Path file, byte[] content, @Nullable Facility requested, int depth)
            throws RefusedFileException {
        RuleText text = new RuleText(content);
        if (text.ambiguity().isPresent()) {
            throw new RefusedFileException(
                    file + ": " + text.ambiguity().get(), "versions of libpam would differ in their verdict");
        }
        findings.addAll(text.findings(file, requested == null || requested.isCalled()));
        for (RuleLine line : text.lines()) {
            if (!new Line(file, line, requested, depth).parse()) {
                return false;
            }
        }
        if (!text.isComplete()) {
            findings.add(Finding.at(file, text.lastLine(), true, "the file ends in a backslash: remove it"));
        }
        return text.isComplete();
    }

    /** One line of a file that is being read. */
    private final class Line {
        private final Path file;
        private final RuleLine words;
        private final @Nullable Facility requested;
        private final int depth;

        Line(Path file, RuleLine words, @Nullable Facility requested, int depth) {
            this.file = file;
            this.words = words;
            this.requested = requested;
            this.depth = depth;
        }

        /** Reads the line; returns whether libpam continues. */
        boolean parse() throws RefusedFileException {
            String first = Objects.requireNonNullElse(words.next(), "");
            boolean mayBeMissing = first.startsWith("-");
            String type = mayBeMissing ? first.substring(1) : first;
            if (build.debian() && type.equalsIgnoreCase("@include")) {
                return include(requested, words.next());
            }
            Optional<Facility> named = Facility.of(type);
            Facility facility = named.orElse(requested == null ? Facility.AUTH : requested);
            if (requested != null && facility != requested) {
                return true;
            }
            if (named.isEmpty()) {
                find(facility, quoted(type) + " is none of auth, account, password and session");
            }
            String control = Objects.requireNonNullElse(words.next(), "");
            String module = words.next();
            if (control.equalsIgnoreCase("include")) {
                return include(facility, module);
            }
            if (control.equalsIgnoreCase("substack")) {
                // libpam marks the start of a substack with a rule of the facility, even if the substack is empty.
                add(facility, module, false, mayBeMissing);
                return include(facility, module);
            }
            if (named.isPresent() && module == null) {
                find(facility, (control.isEmpty() ? "a control word and a module are" : "a module is") + " missing");
            } else if (named.isPresent() && !ControlSyntax.isKnown(control)) {
                find(
                        facility,
                        quoted(control) + " is an invalid control: PAM treats every result of the module as a failure");
            }
            add(facility, module, named.isPresent(), mayBeMissing);
            return true;
        }

        /** Adds a rule. A rule that does not call its module refuses, or marks a substack. */
        private void add(Facility facility, @Nullable String module, boolean calls, boolean mayBeMissing)
                throws RefusedFileException {
            if (module != null && !isNamed(module)) {
                throw new RefusedFileException(
                        where() + ": " + quoted(module) + " is an invalid module name",
                        "some versions of libpam crash there");
            }
            rules.add(new Rule(
                    file,
                    words.number(),
                    facility,
                    calls ? Optional.ofNullable(module) : Optional.empty(),
                    mayBeMissing));
        }

        /**
         * Whether the module has a name for extract_modulename: the text between the last slash and the last dot after
         * it.
         */
        private static boolean isNamed(String module) {
            String last = module.substring(module.lastIndexOf('/') + 1);
            String name = last.contains(".") ? last.substring(0, last.lastIndexOf('.')) : last;
            return !name.isEmpty() && !name.equals("?");
        }

        /**
         * Includes a file. For a file that cannot be included libpam adds a refusing rule if the facility is known;
         * otherwise it stops.
         */
        private boolean include(@Nullable Facility facility, @Nullable String name) throws RefusedFileException {
            if (name == null) {
                throw new RefusedFileException(
                        where() + ": the name of the file to include is missing",
                        "some versions of libpam crash there");
            }
            if (follow(facility, name)) {
                return true;
            }
            if (facility != null) {
                add(facility, null, false, false);
            }
            return facility != null;
        }

        private boolean follow(@Nullable Facility facility, String name) throws RefusedFileException {
            if (depth + 1 >= MAX_DEPTH || !name.chars().allMatch(c -> c > 0 && c < 0x7f)) {
                throw new RefusedFileException(
                        where() + ": cannot include " + quoted(name),
                        "it includes itself, or more than " + (MAX_DEPTH - 1)
                                + " files include each other, or its name is not in ASCII");
            }
            List<Path> candidates = build.included(name, confdir);
            for (Path candidate : candidates) {
                try {
                    byte[] content = files.open(candidate);
                    if (content != null) {
                        return RuleReader.this.parse(candidate, content, facility, depth + 1);
                    }
                } catch (IOException e) {
                    find(facility, "includes " + candidate + ", which cannot be read: " + e);
                }
            }
            find(facility, "includes " + quoted(name) + ", which does not exist; looked for " + candidates);
            return false;
        }

        private String where() {
            return file + ", line " + words.number();
        }

        private void find(@Nullable Facility facility, String text) {
            findings.add(Finding.at(file, words.number(), facility == null || facility.isCalled(), text));
        }

        private String quoted(String word) {
            return "'" + LogText.escape(word) + "'";
        }
    }
}
