package org.x2go.authservice.pam;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules for a login with a service, as they were read at one time.
 *
 * @param own the rules of the service's own files
 * @param other the rules of the service {@code other}; empty if they do not apply
 * @param refusal why libpam is not called; empty if it is
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
     * Reads the files. For a facility without a rule libpam uses the rules of {@code other}. X2Go's service file
     * relies on that for the account; but a service without an auth rule is refused, since {@code other} should not
     * decide about passwords.
     */
    static ServiceStack read(String service, LibPamBuild build, PamConfiguration configuration) {
        long begun = System.currentTimeMillis();
        VisitedFiles files = new VisitedFiles();
        ServiceRules own = RuleReader.read(service, build, configuration.confdir(), files);
        // libpam reads this file at each start, even if its rules do not apply, and fails or blocks if it cannot.
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
                                "nor in the files that it includes, so PAM would use the service " + OTHER
                                        + ": add a rule"))
                : Optional.empty();
    }

    private static Refusal denied(Rule rule) {
        return new Refusal(
                "PAM module " + Rule.nameOf(rule.module().orElseThrow()) + " is denied by " + DeniedModules.VARIABLE,
                "it would fail in this sandbox, or wrongly accept users (" + rule.where()
                        + "): remove the rule, or the drop-in that sets the variable");
    }

    private static Stream<Rule> calledBy(ServiceRules own, Optional<ServiceRules> other) {
        return Stream.concat(own.of(Facility.AUTH).stream(), other.orElse(own).of(Facility.ACCOUNT).stream());
    }

    /** The rules that a login may call: the auth rules, then the account rules, of the service or of {@code other}. */
    List<Rule> called() {
        return calledBy(own, other).toList();
    }

    /** Whether the files are unchanged since they were read. */
    boolean isCurrent() {
        return files.areCurrent();
    }
}
