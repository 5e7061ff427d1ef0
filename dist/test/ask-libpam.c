/*
 * Asks libpam as the service does, outside its units: ask-libpam SERVICE USER PASSWORD prints "ok" or "no". For modules.sh.
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

int main(int argc, char **argv) {
    pam_handle_t *pam;
    struct pam_conv conversation = {answer, argc == 4 ? argv[3] : NULL};
    if (argc != 4 || pam_start(argv[1], argv[2], &conversation, &pam) != PAM_SUCCESS) {
        fputs("usage: ask-libpam SERVICE USER PASSWORD\n", stderr);
        return 2;
    }
    pam_set_item(pam, PAM_FAIL_DELAY, (const void *) no_delay);
    int status = pam_authenticate(pam, PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS) {
        status = pam_acct_mgmt(pam, PAM_DISALLOW_NULL_AUTHTOK);
    }
    puts(status == PAM_SUCCESS ? "ok" : "no");
    return pam_end(pam, status);
}
