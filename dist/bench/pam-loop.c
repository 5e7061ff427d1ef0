/*
 * PAM itself, as fast as it goes: each thread asks for one verdict after the other, with a handle of its own for each, while
 * an idle handle keeps the modules loaded. No service that asks this PAM can give more verdicts.
 *
 *   pam-loop SERVICE USER THREADS WARMUP_SECONDS SECONDS < password
 *
 * "%d" in USER stands for the number of the thread, from 1 on. Prints what a second gave, and how many verdicts were no.
 */
#include <errno.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 64, WHOLE_LINE = 512 };

struct lane {
    _Alignas(64) pthread_t thread; /* no two lanes in one cache line */
    char user[64];
    long yes, no;
};

static const char *service;
static char password[WHOLE_LINE];
static atomic_bool measuring, stopped;
static struct lane lanes[MOST_THREADS];

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    struct pam_response *answers = calloc((size_t)count, sizeof *answers);
    (void)data;
    if (answers == NULL)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup(password);
    *responses = answers;
    return PAM_SUCCESS;
}

static const struct pam_conv conversation = {converse, NULL};

/* In place of libpam's own, which sleeps: pam_fail_delay(3). */
static void no_delay(int status, unsigned microseconds, void *data)
{
    (void)status, (void)microseconds, (void)data;
}

/* The calls and items are those of the service. */
static int check(const char *user)
{
    pam_handle_t *handle = NULL;
    int status = pam_start(service, user, &conversation, &handle);
    if (status != PAM_SUCCESS)
        return status;
    pam_set_item(handle, PAM_TTY, service);
    pam_set_item(handle, PAM_RUSER, "root");
    pam_set_item(handle, PAM_FAIL_DELAY, (const void *)no_delay);
    status = pam_authenticate(handle, PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS)
        status = pam_acct_mgmt(handle, PAM_DISALLOW_NULL_AUTHTOK);
    pam_end(handle, status);
    return status;
}

static void *ask(void *argument)
{
    struct lane *lane = argument;
    while (!stopped) {
        int status = check(lane->user);
        if (!measuring)
            continue;
        if (status == PAM_SUCCESS)
            lane->yes++;
        else
            lane->no++;
    }
    return NULL;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void pass(double seconds)
{
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

static void name(struct lane *lane, const char *user, int number)
{
    const char *place = strstr(user, "%d");
    if (place == NULL)
        snprintf(lane->user, sizeof lane->user, "%s", user);
    else
        snprintf(lane->user, sizeof lane->user, "%.*s%d%s", (int)(place - user), user, number, place + 2);
}

int main(int argc, char **argv)
{
    int threads = argc == 6 ? atoi(argv[3]) : 0;
    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "Usage: %s SERVICE USER THREADS WARMUP_SECONDS SECONDS < password\n", argv[0]);
        return 2;
    }
    service = argv[1];
    if (fgets(password, sizeof password, stdin) == NULL) {
        fprintf(stderr, "%s: no password on standard input\n", argv[0]);
        return 2;
    }
    password[strcspn(password, "\n")] = '\0';

    pam_handle_t *warm = NULL;
    int status = pam_start(service, NULL, &conversation, &warm);
    if (status != PAM_SUCCESS) {
        fprintf(stderr, "%s: pam_start returned %d for service %s\n", argv[0], status, service);
        return 1;
    }
    for (int i = 0; i < threads; i++) {
        name(&lanes[i], argv[2], i + 1);
        if (pthread_create(&lanes[i].thread, NULL, ask, &lanes[i]) != 0) {
            fprintf(stderr, "%s: cannot start a thread\n", argv[0]);
            return 1;
        }
    }
    pass(atof(argv[4]));
    double begun = now();
    measuring = true;
    pass(atof(argv[5]));
    measuring = false;
    double took = now() - begun;
    stopped = true;
    long yes = 0, no = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(lanes[i].thread, NULL);
        yes += lanes[i].yes;
        no += lanes[i].no;
    }
    pam_end(warm, PAM_SUCCESS);
    printf("%.1f %ld\n", (double)(yes + no) / took, no);
    return 0;
}
