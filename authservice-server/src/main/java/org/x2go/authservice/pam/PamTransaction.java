package org.x2go.authservice.pam;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.AuthResult;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.LogText;
import org.x2go.authservice.posix.Accounts;
import org.x2go.authservice.protocol.Verdict;

/**
 * One transaction with libpam, from pam_start(3) to pam_end(3). To be used by one thread at a time.
 *
 * <p>It authenticates the user (pam_authenticate(3)) and checks the account (pam_acct_mgmt(3)). It opens no session
 * and sets no credentials: nothing runs as that user here, and modules such as pam_cap(8) and pam_group(8) would
 * change this process.
 */
final class PamTransaction implements AutoCloseable {
    /**
     * Accounts without a password are refused even with nullok. PAM_SILENT is not set, since the debug log shows the
     * texts of modules.
     */
    private static final int FLAGS = LibPam.PAM_DISALLOW_NULL_AUTHTOK;

    private final @Nullable Pointer handle;
    private final PamConversation conversation;
    private final Diagnostics diagnostics;
    private int status;

    private PamTransaction(@Nullable Pointer handle, PamConversation conversation, int status) {
        this.handle = handle;
        this.conversation = conversation;
        this.diagnostics = conversation.diagnostics();
        this.status = status;
    }

    /**
     * Reads the service's file and loads its modules. {@link #isOpen} and the result of {@link #check} tell whether
     * this failed.
     *
     * @param service a service's plain name, which the caller has validated, as a C string
     * @param user the user's name as a C string, or null if the transaction is not going to authenticate
     * @param confdir the directory of service files as a C string, or null for the system's
     * @param conversation the conversation function; it must have begun if the transaction is to authenticate, and
     *     stay reachable until this transaction is closed
     */
    static PamTransaction start(
            byte[] service, byte @Nullable [] user, byte @Nullable [] confdir, PamConversation conversation) {
        long[] handle = new long[1];
        int status = LibPam.start(service, user, conversation.pamConv(), confdir, handle);
        boolean open = status == PamStatus.SUCCESS.number() && handle[0] != 0;
        if (!open) {
            conversation.diagnostics().debug("pam_start returned " + status);
        }
        return new PamTransaction(open ? new Pointer(handle[0]) : null, conversation, status);
    }

    /** Whether there is a handle. */
    boolean isOpen() {
        return handle != null;
    }

    /**
     * Checks the credentials of the conversation. Called once. Every result but success has the modules' fail delay:
     * otherwise the time of the reply would show that a password was right, although the account was refused.
     *
     * @param user the user's name as a C string, the same as given to {@link #start}
     * @param terminal the value of PAM_TTY, as a C string
     * @param peerName the value of PAM_RUSER, the name of the client's user, as a C string
     */
    AuthResult check(byte[] user, byte[] terminal, byte[] peerName) throws IOException {
        AuthResult result = ask(user, terminal, peerName);
        Throwable failure = conversation.failure();
        if (failure != null) {
            // A module got CONV_ERR, but its stack may have ignored that.
            diagnostics.error(
                    "The conversation with PAM failed for user \"" + LogText.escape(text(user)) + "\"", failure);
            result = AuthResult.error("the conversation with PAM failed");
        }
        return result.verdict() == Verdict.OK ? result : result.delayedBy(conversation.failDelay());
    }

    private AuthResult ask(byte[] user, byte[] terminal, byte[] peerName) throws IOException {
        Pointer open = handle;
        if (open == null) {
            return refusal("pam_start");
        }
        if (failed(LibPam.pam_set_item(open, LibPam.PAM_TTY, terminal))
                || failed(LibPam.pam_set_item(open, LibPam.PAM_RUSER, peerName))
                || failed(LibPam.pam_set_item(open, LibPam.PAM_FAIL_DELAY, conversation.delay()))) {
            return refusal("pam_set_item");
        }
        if (failed(LibPam.authenticate(open, FLAGS))) {
            return refusal("pam_authenticate");
        }
        if (failed(LibPam.acctMgmt(open, FLAGS))) {
            return refusal("pam_acct_mgmt");
        }
        byte[] now = userNow(open);
        if (Arrays.equals(now, user) || (now.length > 1 && isSameAccount(text(now), text(user)))) {
            return AuthResult.ok();
        }
        return AuthResult.fail("PAM changed the user from " + quoted(user) + " to " + quoted(now));
    }

    /** Records the status of the last call. */
    private boolean failed(int returned) {
        status = returned;
        return differs(returned);
    }

    private static boolean differs(int status) {
        return status != PamStatus.SUCCESS.number();
    }

    private AuthResult refusal(String function) {
        PamStatus known = PamStatus.of(status);
        if (diagnostics.debugging()) {
            diagnostics.debug(function + " returned " + status + ", " + known.cName() + ": " + description());
        }
        String unanswered = conversation.unanswered();
        if (unanswered != null) {
            return AuthResult.error("a PAM module asked for something other than the password: " + unanswered + " ("
                    + known.cName() + ")");
        }
        String reason = known == PamStatus.UNKNOWN
                ? known.reason() + " " + status
                : reason(known, function) + " (" + known.cName() + ")";
        return known.verdict() == Verdict.FAIL ? AuthResult.fail(reason) : AuthResult.error(reason);
    }

    /** The password is known to be right when the account is checked. */
    private static String reason(PamStatus status, String function) {
        return status == PamStatus.AUTH_ERR && function.equals("pam_acct_mgmt")
                ? "refused by the account rules"
                : status.reason();
    }

    private String description() {
        Pointer text = LibPam.pam_strerror(handle, status);
        return text == null ? "no description" : LogText.escape(text.getString(0, "UTF-8"));
    }

    /**
     * The present user of the transaction, as a C string, empty if there is none. Modules may change the user, but the
     * client acts for the user that it named; only another spelling of the same account is accepted.
     */
    private static byte[] userNow(Pointer handle) {
        long[] value = new long[1];
        if (differs(LibPam.pam_get_item(handle, LibPam.PAM_USER, value)) || value[0] == 0) {
            return new byte[1];
        }
        Pointer item = new Pointer(value[0]);
        return item.getByteArray(0, (int) item.indexOf(0, (byte) 0) + 1);
    }

    private boolean isSameAccount(String now, String asked) throws IOException {
        OptionalInt uid = Accounts.uidOf(asked);
        boolean same = uid.isPresent() && uid.equals(Accounts.uidOf(now));
        diagnostics.debug("PAM changed user \"" + LogText.escape(asked) + "\" into \"" + LogText.escape(now)
                + "\", which is " + (same ? "the same" : "another") + " account");
        return same;
    }

    /** For a reason, which the log puts between double quotes. */
    private static String quoted(byte[] cString) {
        return "'" + LogText.escape(text(cString)) + "'";
    }

    private static String text(byte[] cString) {
        return new String(cString, 0, cString.length - 1, StandardCharsets.UTF_8);
    }

    /** Ends the transaction, with the status that it came to. */
    @Override
    public void close() {
        if (handle != null) {
            int end = LibPam.end(handle, status);
            if (differs(end)) {
                diagnostics.warn("pam_end returned " + end);
            }
        }
    }
}
