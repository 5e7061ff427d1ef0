package org.x2go.authservice.pam;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Modules that do not work where this program runs, or that would let users in whom they refuse elsewhere: a sandbox that
 * hides what they read names them in a variable of the environment. A service that calls one is answered {@code ERROR}.
 *
 * @param names their names, without path and {@code .so}
 */
public record DeniedModules(Set<String> names) {
    /** The variable: names such as {@code pam_krb5}, separated by blanks. Commas do, too: a list that denies nothing opens. */
    public static final String VARIABLE = "X2GOBROKER_AUTHSERVICE_DENIED_MODULES";

    /** Every module may be called. */
    public static final DeniedModules NONE = new DeniedModules(Set.of());

    /** Makes the set its own. */
    public DeniedModules {
        names = Set.copyOf(names);
    }

    /** Those that a value of the variable names; with a path or {@code .so} they are the same. */
    public static DeniedModules parse(String value) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(value.split("[\\s,;]+"))
                .map(Rule::nameOf)
                .filter(Predicate.not(String::isEmpty))
                .forEach(names::add);
        return new DeniedModules(names);
    }

    /** Those that the variable names in this environment. */
    public static DeniedModules of(Map<String, String> environment) {
        return parse(environment.getOrDefault(VARIABLE, ""));
    }

    /** Whether this one is denied, however a rule names it. */
    boolean contains(String module) {
        return names.contains(Rule.nameOf(module));
    }
}
