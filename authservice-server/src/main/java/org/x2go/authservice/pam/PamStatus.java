package org.x2go.authservice.pam;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.x2go.authservice.protocol.Verdict;

/**
 * The return values of libpam's functions (security/_pam_types.h), and the verdict for each.
 *
 * <p>{@link Verdict#FAIL} is a decision: PAM refused this user. {@link Verdict#ERROR} is the lack of one: something
 * failed, and the same request may succeed after a repair. Statuses that pam_authenticate(3) and pam_acct_mgmt(3) do
 * not document, because they belong to sessions, credentials and the change of passwords, do not tell whether the
 * password was right: they are errors too.
 */
enum PamStatus {
    SUCCESS(0, Verdict.OK, "accepted"),
    OPEN_ERR(1, Verdict.ERROR, "a PAM module cannot be loaded"),
    SYMBOL_ERR(2, Verdict.ERROR, "a PAM module lacks a function"),
    SERVICE_ERR(3, Verdict.ERROR, "error in a PAM module"),
    /** Also pam_exec(8)'s result for a command that refuses, which therefore looks like an outage. */
    SYSTEM_ERR(4, Verdict.ERROR, "system error"),
    BUF_ERR(5, Verdict.ERROR, "out of memory"),
    /** A module's decision; also libpam's own answer if no module decided (all were ignored, or there is none). */
    PERM_DENIED(6, Verdict.FAIL, "permission denied or account locked"),
    /** Not only for a wrong password: stacks that end in pam_deny return it for unknown users too. */
    AUTH_ERR(7, Verdict.FAIL, "wrong user or password"),
    /** It is the service that lacks rights here, not the user. */
    CRED_INSUFFICIENT(8, Verdict.ERROR, "the service may not read what it needs to check the password"),
    AUTHINFO_UNAVAIL(9, Verdict.ERROR, "the source of accounts cannot be reached"),
    USER_UNKNOWN(10, Verdict.FAIL, "unknown user"),
    MAXTRIES(11, Verdict.FAIL, "locked out, too many tries"),
    /** A new password must be set before the next login, which this service has no way to ask for. */
    NEW_AUTHTOK_REQD(12, Verdict.FAIL, "password expired"),
    ACCT_EXPIRED(13, Verdict.FAIL, "account expired"),
    SESSION_ERR(14, Verdict.ERROR, "session error"),
    CRED_UNAVAIL(15, Verdict.ERROR, "credentials unavailable"),
    /** The user's credentials, such as a certificate, are expired, which is a decision about this user. */
    CRED_EXPIRED(16, Verdict.FAIL, "credentials expired"),
    CRED_ERR(17, Verdict.ERROR, "credentials error"),
    NO_MODULE_DATA(18, Verdict.ERROR, "a PAM module lacks its data"),
    CONV_ERR(19, Verdict.ERROR, "a PAM module's question cannot be answered"),
    AUTHTOK_ERR(20, Verdict.ERROR, "password store error"),
    AUTHTOK_RECOVERY_ERR(21, Verdict.ERROR, "a PAM module got no password"),
    AUTHTOK_LOCK_BUSY(22, Verdict.ERROR, "password store locked"),
    AUTHTOK_DISABLE_AGING(23, Verdict.ERROR, "password aging is off"),
    TRY_AGAIN(24, Verdict.ERROR, "not ready, try again"),
    /** Never the result of a stack: a module that returns it does not count. */
    IGNORE(25, Verdict.ERROR, "ignored"),
    /** Also what pam_start gives for a service file that it cannot read. */
    ABORT(26, Verdict.ERROR, "aborted by PAM"),
    /** Expired for so long that setting a new one is not allowed either (shadow(5), inactivity period). */
    AUTHTOK_EXPIRED(27, Verdict.FAIL, "password expired"),
    MODULE_UNKNOWN(28, Verdict.ERROR, "a PAM module is missing"),
    BAD_ITEM(29, Verdict.ERROR, "an item is not allowed"),
    CONV_AGAIN(30, Verdict.ERROR, "the conversation is not finished"),
    INCOMPLETE(31, Verdict.ERROR, "a PAM module is not finished"),
    /** Any number that is none of these. */
    UNKNOWN(-1, Verdict.ERROR, "unknown PAM status");

    private static final Map<Integer, PamStatus> BY_NUMBER = Arrays.stream(values())
            .filter(status -> status != UNKNOWN)
            .collect(Collectors.toUnmodifiableMap(PamStatus::number, status -> status));

    private final int number;
    private final Verdict verdict;
    private final String reason;

    PamStatus(int number, Verdict verdict, String reason) {
        this.number = number;
        this.verdict = verdict;
        this.reason = reason;
    }

    /** The status with this number, {@link #UNKNOWN} if Linux-PAM has none. */
    static PamStatus of(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
    }

    /** Its number; for {@link #UNKNOWN} one that libpam does not use. */
    int number() {
        return number;
    }

    /** The name of the C constant. */
    String cName() {
        return "PAM_" + name();
    }

    /** The reply. */
    Verdict verdict() {
        return verdict;
    }

    /** The reason for the log. */
    String reason() {
        return reason;
    }
}
