package org.x2go.authservice.pam;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The management group of a rule, the first word of its line (pam.d(5), "type"). */
enum Facility {
    AUTH,
    ACCOUNT,
    PASSWORD,
    SESSION;

    /** The facility with this name, in upper or lower case as in libpam. */
    static Optional<Facility> of(String word) {
        return Arrays.stream(values())
                .filter(facility -> facility.name().equalsIgnoreCase(word))
                .findFirst();
    }

    /** Whether this program calls it: pam_authenticate(3) or pam_acct_mgmt(3). */
    boolean isCalled() {
        return this == AUTH || this == ACCOUNT;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
