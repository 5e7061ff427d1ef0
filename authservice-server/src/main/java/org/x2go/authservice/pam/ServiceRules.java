package org.x2go.authservice.pam;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a service's file and those that it includes, as libpam reads them.
 *
 * @param file the service's own file; empty if there is none
 * @param rules the rules of all facilities, in their order
 * @param refusal why libpam must not read these files; empty if it may
 * @param findings what is wrong with lines of the files
 */
record ServiceRules(Optional<Path> file, List<Rule> rules, Optional<Refusal> refusal, List<Finding> findings) {
    ServiceRules {
        rules = List.copyOf(rules);
        findings = List.copyOf(findings);
    }

    /** The rules of one facility. If there are none, libpam uses those of the service {@code other}. */
    List<Rule> of(Facility facility) {
        return rules.stream().filter(rule -> rule.facility() == facility).toList();
    }
}
