/*
 * Asks libpam as the service does: ask-libpam SERVICE USER PASSWORD prints the verdict, "ok", "fail" or "error", and on stderr what
 * libpam returned. It shares no code with the service. For modules.sh and backends.sh.
 */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int answer(int count, const struct pam_message **messages, struct pam_response **responses, void *password) {
    *responses = calloc(count, sizeof **responses);
    if (*responses == NULL) {
        return PAM_BUF_ERR;
    }
    for (int i = 0; i < count; i++) {
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) {
            (*responses)[i].resp = strdup(password);
        }
    }
    return PAM_SUCCESS;
}

/* As the service, which does not sleep. */
static void no_delay(int status, unsigned microseconds, void *data) { (void) status, (void) microseconds, (void) data; }

/* The class PamStatus of the service says why. */
static const char *verdict(int status) {
    switch (status) {
    case PAM_SUCCESS:
        return "ok";
    case PAM_PERM_DENIED:
    case PAM_AUTH_ERR:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_ACCT_EXPIRED:
    case PAM_CRED_EXPIRED:
    case PAM_AUTHTOK_EXPIRED:
        return "fail";
    default:
        return "error";
    }
}

int main(int argc, char **argv) {
    pam_handle_t *pam;
    struct pam_conv conversation = {answer, argc == 4 ? argv[3] : NULL};
    if (argc != 4 || pam_start(argv[1], argv[2], &conversation, &pam) != PAM_SUCCESS) {
        fputs("usage: ask-libpam SERVICE USER PASSWORD\n", stderr);
        return 2;
    }
    pam_set_item(pam, PAM_TTY, argv[1]);
    pam_set_item(pam, PAM_RUSER, "root");
    pam_set_item(pam, PAM_FAIL_DELAY, (const void *) no_delay);
    const char *function = "pam_authenticate";
    int status = pam_authenticate(pam, PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS) {
        function = "pam_acct_mgmt";
        status = pam_acct_mgmt(pam, PAM_DISALLOW_NULL_AUTHTOK);
    }
    fprintf(stderr, "%s returned %d, %s\n", function, status, pam_strerror(pam, status));
    puts(verdict(status));
    return pam_end(pam, status);
}
