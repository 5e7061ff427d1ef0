/*
 * A PAM module for tests. It does what its arguments say, one after the other, and gives the first status that is not
 * success. Declares what it needs of libpam itself, so that no development package has to be there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, AUTH_ERR = 7 };
enum { TTY = 3, RHOST = 4, CONV = 5, AUTHTOK = 6, RUSER = 8 };

struct message { int style; const char *text; };
struct response { char *text; int unused; };
struct conversation {
    int (*converse)(int, const struct message **, struct response **, void *);
    void *appdata;
};

int pam_get_item(const void *handle, int item, const void **value);
int pam_set_item(void *handle, int item, const void *value);
int pam_fail_delay(void *handle, unsigned microseconds);
int pam_get_authtok(void *handle, int item, const char **authtok, const char *prompt);

static int same(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static int is_expected(const char *answer, const char *expected) {
    if (answer == NULL || expected == NULL) return answer == expected;
    return strcmp(expected, "*") == 0 ? answer[0] != 0 : strcmp(answer, expected) == 0;
}

/* What the messages of the rounds say, and what a round comes to that is not answered, if not to what it was told. */
static __thread const char *text_of_messages;
static __thread int unanswered;

/* As libpam does with a password. */
static void wipe_and_free(char *text) {
    if (text == NULL) return;
    for (volatile char *c = text; *c != 0; c++) *c = 0;
    free(text);
}

/*
 * One round of messages, a letter each: p is a hidden prompt, u a visible one, i and e tell, r is a radio prompt and b a
 * binary one. After the letters and a comma comes the answer that p is to get, and after another comma that of u. A star
 * stands for any but none.
 */
static int round_of(void *handle, const char *script) {
    char letters[64] = "", password[64] = "", user[64] = "";
    const char *comma = strchr(script, ',');
    const char *second = strchr(comma + 1, ',');
    strncpy(letters, script, comma - script);
    strncpy(password, comma + 1, second - comma - 1);
    strncpy(user, second + 1, sizeof(user) - 1);

    int count = strlen(letters);
    struct message messages[64];
    const struct message *pointers[64];
    for (int i = 0; i < count; i++) {
        char c = letters[i];
        messages[i].style = c == 'p' ? 1 : c == 'u' ? 2 : c == 'e' ? 3 : c == 'i' ? 4 : c == 'r' ? 5 : c == 'b' ? 7 : 9;
        messages[i].text = text_of_messages;
        pointers[i] = &messages[i];
    }
    const struct conversation *conversation = NULL;
    struct response *responses = NULL;
    int status = pam_get_item(handle, CONV, (const void **) &conversation);
    if (status != SUCCESS) return status;
    status = conversation->converse(count, pointers, &responses, conversation->appdata);
    if (status != SUCCESS) return responses != NULL ? AUTH_ERR : unanswered >= 0 ? unanswered : status;
    for (int i = 0; i < count; i++) {
        const char *expected = letters[i] == 'p' ? password : letters[i] == 'u' ? user : NULL;
        if (!is_expected(responses[i].text, expected)) status = AUTH_ERR;
        wipe_and_free(responses[i].text);
    }
    free(responses);
    return status;
}

/* Asks for the password, which is to be this long, and to count down from 255 to 1 again and again. */
static int countdown(const void *handle, size_t length) {
    const struct message message = {1, "Password: "}, *pointer = &message;
    const struct conversation *conversation = NULL;
    struct response *response = NULL;
    int status = pam_get_item(handle, CONV, (const void **) &conversation);
    if (status == SUCCESS) status = conversation->converse(1, &pointer, &response, conversation->appdata);
    if (status != SUCCESS) return status;
    const char *text = response->text;
    status = text != NULL && strlen(text) == length ? SUCCESS : AUTH_ERR;
    for (size_t i = 0; status == SUCCESS && i < length; i++) {
        if ((unsigned char) text[i] != 255 - i % 255) status = AUTH_ERR;
    }
    wipe_and_free(response->text);
    free(response);
    return status;
}

/* Asks by way of libpam, which keeps the password for further modules. It is to end with this letter. */
static int authtok(void *handle, char last) {
    const char *password = NULL;
    int status = pam_get_authtok(handle, AUTHTOK, &password, NULL);
    if (status != SUCCESS) return status;
    size_t length = strlen(password);
    return length > 0 && password[length - 1] == last ? SUCCESS : AUTH_ERR;
}

/* Tells the password that libpam keeps. */
static int tell(void *handle) {
    const char *password = NULL;
    const struct conversation *conversation = NULL;
    struct response *response = NULL;
    int status = pam_get_authtok(handle, AUTHTOK, &password, NULL);
    if (status == SUCCESS) status = pam_get_item(handle, CONV, (const void **) &conversation);
    if (status != SUCCESS) return status;
    char text[strlen(password) + 64];
    sprintf(text, "The password is \"%s\".", password);
    const struct message message = {4, text}, *pointer = &message;
    status = conversation->converse(1, &pointer, &response, conversation->appdata);
    free(response);
    for (volatile char *c = text; *c != 0; c++) *c = 0;
    return status;
}

struct task { void *handle; const char *script; int status; };

static void *run(void *argument) {
    struct task *task = argument;
    text_of_messages = "a message";
    unanswered = -1;
    task->status = round_of(task->handle, task->script);
    return NULL;
}

static int in_a_thread(void *handle, const char *script) {
    struct task task = {handle, script, AUTH_ERR};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &task) != 0) return AUTH_ERR;
    pthread_join(thread, NULL);
    return task.status;
}

static int item_is(const void *handle, int item, const char *expected) {
    const void *value = NULL;
    int status = pam_get_item(handle, item, &value);
    return status != SUCCESS ? status : same(value, expected) ? SUCCESS : AUTH_ERR;
}

static int unset(const void *handle, int item) {
    const void *value = NULL;
    int status = pam_get_item(handle, item, &value);
    return status != SUCCESS ? status : value == NULL ? SUCCESS : AUTH_ERR;
}

static int follow(void *handle, int flags, int count, const char **arguments) {
    int status = SUCCESS;
    text_of_messages = "a message";
    unanswered = -1;
    for (int i = 0; i < count && status == SUCCESS; i++) {
        const char *a = arguments[i];
        if (strncmp(a, "round=", 6) == 0) status = round_of(handle, a + 6);
        else if (strncmp(a, "text=", 5) == 0) text_of_messages = a + 5;
        else if (strcmp(a, "notext") == 0) text_of_messages = NULL;
        else if (strncmp(a, "unanswered=", 11) == 0) unanswered = atoi(a + 11);
        else if (strncmp(a, "delay=", 6) == 0) status = pam_fail_delay(handle, atoi(a + 6));
        else if (strncmp(a, "countdown=", 10) == 0) status = countdown(handle, atoi(a + 10));
        else if (strncmp(a, "authtok=", 8) == 0) status = authtok(handle, a[8]);
        else if (strcmp(a, "tell") == 0) status = tell(handle);
        else if (strncmp(a, "thread=", 7) == 0) status = in_a_thread(handle, a + 7);
        else if (strncmp(a, "user=", 5) == 0) status = pam_set_item(handle, 2, a + 5);
        else if (strncmp(a, "tty=", 4) == 0) status = item_is(handle, TTY, a + 4);
        else if (strncmp(a, "ruser=", 6) == 0) status = item_is(handle, RUSER, a + 6);
        else if (strcmp(a, "norhost") == 0) status = unset(handle, RHOST);
        else if (strncmp(a, "flags=", 6) == 0) status = flags == atoi(a + 6) ? SUCCESS : AUTH_ERR;
        else if (strncmp(a, "status=", 7) == 0) status = atoi(a + 7);
        else status = AUTH_ERR;
    }
    return status;
}

int pam_sm_authenticate(void *handle, int flags, int count, const char **arguments) {
    return follow(handle, flags, count, arguments);
}

int pam_sm_acct_mgmt(void *handle, int flags, int count, const char **arguments) {
    return follow(handle, flags, count, arguments);
}

/* Neither may be called by a service that opens no session. */
int pam_sm_setcred(void *handle, int flags, int count, const char **arguments) {
    abort();
}

int pam_sm_open_session(void *handle, int flags, int count, const char **arguments) {
    abort();
}
