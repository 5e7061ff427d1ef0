package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the files of services for the administrator, by the rules of {@link PamAuthenticator}. */
public final class ServiceInspection {
    private static final String PAM_ROOTOK = "pam_rootok";
    private static final String PAM_UNIX = "pam_unix";

    private final PamConfiguration configuration;
    private final LibPamBuild build;

    private ServiceInspection(PamConfiguration configuration, LibPamBuild build) {
        this.configuration = configuration;
        this.build = build;
    }

    /**
     * Loads libpam, to read its search paths.
     *
     * @throws PamUnavailableException if there is none
     */
    public static ServiceInspection open(PamConfiguration configuration) throws PamUnavailableException {
        var unused = LibPam.load(LibPam.LIBRARY);
        return new ServiceInspection(configuration, LibPamBuild.current());
    }

    /** The service's own file, if libpam may read it. */
    public Optional<Path> file(String service) {
        ServiceRules own = read(service).own();
        return own.file().filter(file -> own.refusal().isEmpty());
    }

    /** Findings about a service's files, and those that they include; no module is loaded. */
    public List<Finding> files(String service) {
        ServiceStack stack = read(service);
        // A file that is included twice has each finding twice.
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
                .filter(rule -> rule.calls(PAM_ROOTOK))
                .map(rule -> Finding.warning("PAM service " + service + " uses " + PAM_ROOTOK + ".so (" + rule.where()
                        + "), and accepts any password when this program runs as root: do not allow that service, or"
                        + " remove the line"))
                .forEach(findings::add);
        return List.copyOf(findings);
    }

    private static Finding withoutAccount(String service, ServiceRules other) {
        String what = "PAM service " + service + " has no account rule";
        return other.of(Facility.ACCOUNT).isEmpty()
                ? Finding.problem(what + ", nor has other: PAM refuses every user; add one")
                : Finding.warning(what + ": the rules of " + other.file().orElseThrow()
                        + " apply instead; add one if they should not");
    }

    /** Findings about the modules that a login calls. The modules are loaded. */
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

    /** Findings that apply if PAM is called without root. */
    public List<Finding> withoutRoot(String service) {
        return read(service).called().stream()
                .filter(rule -> rule.calls(PAM_UNIX))
                .findFirst()
                .map(
                        rule -> Finding.at(
                                rule.file(),
                                rule.line(),
                                true,
                                PAM_UNIX
                                        + " lets a user other than root check only that user's own password: start the service as root"))
                .stream()
                .toList();
    }

    private ServiceStack read(String service) {
        return ServiceStack.read(service, build, configuration);
    }
}
