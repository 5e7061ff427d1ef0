package org.x2go.authservice.pam;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Modules that must not be called, because in this program's sandbox they would fail, or would accept users whom they
 * refuse elsewhere. The unit that sets up the sandbox names them in an environment variable. Requests for a service
 * that calls one get {@code ERROR}.
 *
 * @param names their names, without path and {@code .so}
 */
public record DeniedModules(Set<String> names) {
    /**
     * The variable: names such as {@code pam_krb5}, separated by blanks or commas.
     */
    public static final String VARIABLE = "X2GOBROKER_AUTHSERVICE_DENIED_MODULES";

    /** Every module may be called. */
    public static final DeniedModules NONE = new DeniedModules(Set.of());

    /** Copies the set. */
    public DeniedModules {
        names = Set.copyOf(names);
    }

    /** Parses a value of the variable. A path and {@code .so} are ignored. */
    public static DeniedModules parse(String value) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(value.split("[\\s,;]+"))
                .map(Rule::nameOf)
                .filter(Predicate.not(String::isEmpty))
                .forEach(names::add);
        return new DeniedModules(names);
    }

    /** The modules that this environment's variable names. */
    public static DeniedModules of(Map<String, String> environment) {
        return parse(environment.getOrDefault(VARIABLE, ""));
    }

    /** Whether a module is denied, with or without a path and {@code .so}. */
    boolean contains(String module) {
        return names.contains(Rule.nameOf(module));
    }
}
