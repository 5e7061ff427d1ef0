package org.x2go.authservice.pam;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules that a login for a service goes by, as they were read at some time.
 *
 * @param own what the service's own files say
 * @param other what those of the service {@code other} say; empty if they do not count
 * @param refusal why libpam is not asked; empty if it is
 * @param files all files that were read or looked for
 * @param isSettled whether every later change of one of them shows in {@link #isCurrent}
 */
record ServiceStack(
        ServiceRules own,
        Optional<ServiceRules> other,
        Optional<Refusal> refusal,
        VisitedFiles files,
        boolean isSettled) {
    private static final String OTHER = "other";

    /**
     * Reads the files. libpam takes the rules of {@code other} for each facility that the service's own files have none of.
     * X2Go's own service file leaves the account to it; that it should decide about the password nobody has in mind, so that
     * such a service is refused.
     */
    static ServiceStack read(String service, LibPamBuild build, PamConfiguration configuration) {
        long begun = System.currentTimeMillis();
        VisitedFiles files = new VisitedFiles();
        ServiceRules own = RuleReader.read(service, build, configuration.confdir(), files);
        // libpam reads it at each start, whether it counts or not, and fails, or waits, if it cannot.
        ServiceRules others = RuleReader.read(OTHER, build, configuration.confdir(), files);
        Optional<ServiceRules> other = own.of(Facility.ACCOUNT).isEmpty() ? Optional.of(others) : Optional.empty();
        Optional<Refusal> refusal = own.refusal()
                .or(() -> withoutAuth(own))
                .or(() -> others.file().flatMap(file -> others.refusal()))
                .or(() -> calledBy(own, other)
                        .filter(rule -> rule.module()
                                .filter(configuration.denied()::contains)
                                .isPresent())
                        .findFirst()
                        .map(ServiceStack::denied));
        return new ServiceStack(own, other, refusal, files, files.areSettledAt(begun) && files.areCurrent());
    }

    private static Optional<Refusal> withoutAuth(ServiceRules own) {
        return own.of(Facility.AUTH).isEmpty()
                ? own.file()
                        .map(file -> new Refusal(
                                "no auth rule in " + file,
                                "nor in what it includes, so that PAM would go by the service " + OTHER
                                        + ": add a rule"))
                : Optional.empty();
    }

    private static Refusal denied(Rule rule) {
        return new Refusal(
                "PAM module " + Rule.nameOf(rule.module().orElseThrow()) + " is denied by " + DeniedModules.VARIABLE,
                "it would fail in this sandbox, or let users in (" + rule.where()
                        + "): leave out the drop-in that sets the variable, or the rule");
    }

    private static Stream<Rule> calledBy(ServiceRules own, Optional<ServiceRules> other) {
        return Stream.concat(own.of(Facility.AUTH).stream(), other.orElse(own).of(Facility.ACCOUNT).stream());
    }

    /** The rules that a login may call: those of authentication, then those of the account, whosever they are. */
    List<Rule> called() {
        return calledBy(own, other).toList();
    }

    /** Whether the files are what they were when they were read. */
    boolean isCurrent() {
        return files.areCurrent();
    }
}
