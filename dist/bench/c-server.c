/*
 * A minimal server of the same protocol: accept, read, PAM with modules that are kept warm, write, close, in as many threads as it
 * is told. No log, no limits, no deadlines, no wiping. What it makes on a machine is the limit that others are measured by.
 *
 *   c-server SOCKET SERVICE [THREADS]
 *
 * gcc -O2 -o c-server c-server.c -lpam -pthread
 */
#include <pthread.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { DEFAULT_THREADS = 64, LONGEST = 4096 };

static int listener;

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *password) {
    struct pam_response *all = calloc(count, sizeof(*all));
    if (all == NULL) return PAM_BUF_ERR;
    for (int i = 0; i < count; i++) {
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) all[i].resp = strdup(password);
    }
    *responses = all;
    return PAM_SUCCESS;
}

static int check(const char *user, char *password, const char *service) {
    struct pam_conv conversation = {converse, password};
    pam_handle_t *handle;
    int status = pam_start(service, user, &conversation, &handle);
    if (status != PAM_SUCCESS) return status;
    status = pam_authenticate(handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS) status = pam_acct_mgmt(handle, PAM_SILENT);
    pam_end(handle, status);
    return status;
}

/* Answers a whole line, which is cut into its three fields. */
static const char *answer(char *line) {
    char *password = strchr(line, '\r');
    char *service = password == NULL ? NULL : strchr(password + 1, '\r');
    if (service == NULL) return "bad\n";
    *password++ = 0;
    *service++ = 0;
    return check(line, password, service) == PAM_SUCCESS ? "ok\n" : "fail\n";
}

static void serve(int connection) {
    char bytes[LONGEST + 1];
    size_t length = 0;
    for (;;) {
        ssize_t got = read(connection, bytes + length, LONGEST - length);
        if (got <= 0) return;
        length += got;
        char *end;
        while ((end = memchr(bytes, '\n', length)) != NULL) {
            *end = 0;
            const char *word = answer(bytes);
            if (write(connection, word, strlen(word)) < 0) return;
            length -= end + 1 - bytes;
            memmove(bytes, end + 1, length);
        }
    }
}

static void *work(void *unused) {
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) continue;
        serve(connection);
        close(connection);
    }
    return unused;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    /* A peer that leaves before its answer is no reason to end. */
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, arguments[1], sizeof(address.sun_path) - 1);
    struct pam_conv none = {converse, ""};
    pam_handle_t *warm;
    if (pam_start(arguments[2], "nobody", &none, &warm) != PAM_SUCCESS) return 1;
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    umask(0177);
    if (bind(listener, (struct sockaddr *) &address, sizeof(address)) != 0 || listen(listener, 4096) != 0) {
        perror(arguments[1]);
        return 1;
    }
    int threads = count > 3 ? atoi(arguments[3]) : DEFAULT_THREADS;
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    }
    pause();
    return 0;
}
