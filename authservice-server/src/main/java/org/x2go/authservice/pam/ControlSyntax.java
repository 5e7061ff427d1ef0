package org.x2go.authservice.pam;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The control of a rule: the effect of its module's result (pam.d(5)). */
final class ControlSyntax {
    private static final Set<String> WORDS = Set.of("required", "requisite", "sufficient", "optional");

    private static final String RESULT =
            "success|open_err|symbol_err|service_err|system_err|buf_err|perm_denied|auth_err"
                    + "|cred_insufficient|authinfo_unavail|user_unknown|maxtries|new_authtok_reqd|acct_expired|session_err"
                    + "|cred_unavail|cred_expired|cred_err|no_module_data|conv_err|authtok_err|authtok_recover_err"
                    + "|authtok_lock_busy|authtok_disable_aging|try_again|ignore|abort|authtok_expired|module_unknown|bad_item"
                    + "|conv_again|incomplete|default";

    private static final Pattern ACTIONS =
            Pattern.compile("(\\s*(" + RESULT + ")\\s*=\\s*(ignore|ok|done|bad|die|reset|0*[1-9][0-9]*))+\\s*");

    private ControlSyntax() {}

    /**
     * Whether libpam knows this control, not counting include and substack. With an unknown control every result of
     * the module counts as a failure.
     */
    static boolean isKnown(String control) {
        return WORDS.contains(control.toLowerCase(Locale.ROOT))
                || ACTIONS.matcher(control).matches();
    }
}
