package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the file of a service and those that it includes come to, as libpam takes them.
 *
 * @param file the service's own file; empty if there is none
 * @param rules the rules of all facilities, in their order
 * @param refusal why libpam must not be asked by these files; empty if it may
 * @param findings what is wrong with lines of the files
 */
record ServiceRules(Optional<Path> file, List<Rule> rules, Optional<Refusal> refusal, List<Finding> findings) {
    ServiceRules {
        rules = List.copyOf(rules);
        findings = List.copyOf(findings);
    }

    /** Those of one facility. If there are none, libpam goes by those of the service {@code other}. */
    List<Rule> of(Facility facility) {
        return rules.stream().filter(rule -> rule.facility() == facility).toList();
    }
}
