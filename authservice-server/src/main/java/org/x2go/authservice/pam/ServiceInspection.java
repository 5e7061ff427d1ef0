package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the files of services for an admin, with the eyes of {@link PamAuthenticator}. */
public final class ServiceInspection {
    private static final String LETS_ROOT_IN = "pam_rootok";
    private static final String READS_SHADOW = "pam_unix";

    private final PamConfiguration configuration;
    private final LibPamBuild build;

    private ServiceInspection(PamConfiguration configuration, LibPamBuild build) {
        this.configuration = configuration;
        this.build = build;
    }

    /**
     * Loads libpam, to see where it looks.
     *
     * @throws PamUnavailableException if there is none
     */
    public static ServiceInspection open(PamConfiguration configuration) throws PamUnavailableException {
        var unused = LibPam.load(LibPam.LIBRARY);
        return new ServiceInspection(configuration, LibPamBuild.current());
    }

    /** The service's own file, if it has one that libpam may read. */
    public Optional<Path> file(String service) {
        ServiceRules own = read(service).own();
        return own.file().filter(file -> own.refusal().isEmpty());
    }

    /** What its files are like, and those that they include; no module is loaded. */
    public List<Finding> files(String service) {
        ServiceStack stack = read(service);
        // What is included twice is found twice.
        Set<Finding> findings = new LinkedHashSet<>();
        stack.refusal()
                .ifPresent(refusal -> findings.add(Finding.problem("PAM service " + service + " is answered \"error\": "
                        + refusal.reason() + "; " + refusal.advice())));
        findings.addAll(stack.own().findings());
        stack.other().ifPresent(rules -> findings.addAll(rules.findings()));
        if (stack.refusal().isEmpty()) {
            stack.other().map(rules -> withoutAccount(service, rules)).ifPresent(findings::add);
        }
        stack.called().stream()
                .filter(rule -> rule.calls(LETS_ROOT_IN))
                .map(rule -> Finding.warning("PAM service " + service + " uses " + LETS_ROOT_IN + ".so (" + rule.where()
                        + "), and accepts any password when this program runs as root: do not allow that service, or"
                        + " take the line out"))
                .forEach(findings::add);
        return List.copyOf(findings);
    }

    private static Finding withoutAccount(String service, ServiceRules other) {
        String what = "PAM service " + service + " has no account rule";
        return other.of(Facility.ACCOUNT).isEmpty()
                ? Finding.problem(what + ", nor has other: PAM refuses every user; add one")
                : Finding.warning(what + ": those of " + other.file().orElseThrow()
                        + " decide whether an account may be used; add one if they should not");
    }

    /** Whether the modules that a login calls can be called. They are loaded. */
    public List<Finding> modules(String service) {
        ModuleCheck check = new ModuleCheck(build);
        List<Finding> findings = new ArrayList<>();
        boolean authenticates = false;
        for (Rule rule : read(service).called()) {
            Optional<String> fault = rule.module().flatMap(module -> check.fault(rule));
            fault.ifPresent(text -> findings.add(Finding.at(rule.file(), rule.line(), !rule.mayBeMissing(), text)));
            authenticates |= rule.facility() == Facility.AUTH && rule.module().isPresent() && fault.isEmpty();
        }
        if (!authenticates) {
            findings.add(Finding.problem("PAM service " + service + " has no auth rule whose module can be called"));
        }
        return findings;
    }

    /** What can go wrong because PAM is asked by a process that is not root's. */
    public List<Finding> withoutRoot(String service) {
        return read(service).called().stream()
                .filter(rule -> rule.calls(READS_SHADOW))
                .findFirst()
                .map(
                        rule -> Finding.at(
                                rule.file(),
                                rule.line(),
                                true,
                                READS_SHADOW
                                        + " lets a user who is not root check no password but his own: start the service as root"))
                .stream()
                .toList();
    }

    private ServiceStack read(String service) {
        return ServiceStack.read(service, build, configuration);
    }
}
