/*
 * A PAM module for tests that does one of the things that modules must not do, as its first argument says, and then lets
 * everybody in. Its second argument, if there is one, is what the first one is about.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int pam_set_data(void *handle, const char *name, void *data, void (*cleanup)(void *, void *, int));

enum { SUCCESS = 0, AUTH_ERR = 7 };

static void note(pid_t pid, const char *file) {
    FILE *f = fopen(file, "a");
    if (f == NULL) return; /* by a user who may not, as after "uid" */
    fprintf(f, "%d\n", (int) pid);
    fclose(f);
}

/* A child that nobody waits for, in a session of its own, with all that its parent had open. Its number goes to a file. */
static void leave_child(const char *file) {
    pid_t child = fork();
    if (child == 0) {
        setsid();
        if (fork() != 0) _exit(0);
        note(getpid(), file);
        for (;;) pause();
    }
    sleep(1);
}

/* A child that goes on as if it were its parent, as one does whose exec fails and that forgets to end. */
static void fork_and_return(const char *file) {
    if (fork() != 0) return;
    note(getpid(), file);
    usleep(100 * 1000);
}

static void fork_in_cleanup(void *handle, void *file, int status) {
    fork_and_return(file);
}

/* libpam calls it at pam_end, when the module's arguments are gone. */
static int fork_at_end(void *handle, const char *file) {
    return pam_set_data(handle, "havoc", strdup(file), fork_in_cleanup);
}

static void hang(void) {
    for (;;) pause();
}

static void print_noise(void) {
    static const char frame[] = "\0\0\0\001a\0\0\0\002OK";
    for (int i = 0; i < 2000; i++) {
        for (int fd = 0; fd <= 2; fd++) {
            if (write(fd, "noise \033[31m\n", 12) < 0) continue;
            if (write(fd, frame, sizeof(frame) - 1) < 0) continue;
        }
    }
    printf("noise\n");
    fflush(stdout);
}

static void leak(const char *megabytes) {
    size_t size = (size_t) atoi(megabytes) << 20;
    char *lost = malloc(size);
    if (lost != NULL) memset(lost, 1, size);
}

int pam_sm_authenticate(void *handle, int flags, int count, const char **arguments) {
    const char *what = count > 0 ? arguments[0] : "";
    const char *about = count > 1 ? arguments[1] : "";
    if (strcmp(what, "hang") == 0) for (;;) pause();
    else if (strcmp(what, "spin") == 0) for (volatile int i = 0; ; i++);
    else if (strcmp(what, "segv") == 0) *(volatile int *) 8 = 1;
    else if (strcmp(what, "abort") == 0) abort();
    else if (strcmp(what, "kill") == 0) raise(SIGKILL);
    else if (strcmp(what, "exit") == 0) exit(0);
    else if (strcmp(what, "noise") == 0) print_noise();
    else if (strcmp(what, "fork") == 0) fork_and_return(about);
    else if (strcmp(what, "fork-at-end") == 0) return fork_at_end(handle, about);
    else if (strcmp(what, "atexit") == 0) atexit(hang);
    else if (strcmp(what, "leak") == 0) leak(about);
    else if (strcmp(what, "close") == 0) for (int fd = 0; fd <= 20; fd++) close(fd);
    else if (strcmp(what, "uid") == 0) return setresuid(65534, 65534, -1) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "gid") == 0) return setresgid(65534, 65534, -1) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "umask") == 0) umask(0);
    else if (strcmp(what, "child") == 0) leave_child(about);
    else if (strcmp(what, "child-and-segv") == 0) { leave_child(about); raise(SIGSEGV); }
    else if (strcmp(what, "child-and-hang") == 0) { leave_child(about); for (;;) pause(); }
    else return AUTH_ERR;
    return SUCCESS;
}

/* Notes in the file that its argument names, if there is one, which process asks. */
int pam_sm_acct_mgmt(void *handle, int flags, int count, const char **arguments) {
    if (count > 0) note(getpid(), arguments[0]);
    return SUCCESS;
}
