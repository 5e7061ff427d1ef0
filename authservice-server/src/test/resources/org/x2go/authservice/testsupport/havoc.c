/*
 * A PAM module for tests that does one of the things that modules must not do, as its first argument says, and then lets
 * everybody in. Its second argument, if there is one, is what the first one is about.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>
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

static int block_signals(void) {
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigaddset(&some, SIGCHLD);
    return pthread_sigmask(SIG_BLOCK, &some, NULL) == 0 ? SUCCESS : AUTH_ERR;
}

static int drop_capabilities(void) {
    unsigned header[2] = {0x20080522, 0}, data[6];
    if (syscall(SYS_capget, header, data) != 0) return AUTH_ERR;
    data[0] &= data[0] - 1;
    return syscall(SYS_capset, header, data) == 0 ? SUCCESS : AUTH_ERR;
}

/* Whether nothing is left of what this module does to the calling thread. */
static int thread_is_whole(void) {
    sigset_t blocked;
    if (pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0) return AUTH_ERR;
    return setfsuid(-1) == (int) geteuid() && setfsgid(-1) == (int) getegid()
        && !sigismember(&blocked, SIGUSR1) && !sigismember(&blocked, SIGCHLD) ? SUCCESS : AUTH_ERR;
}

/* And of what it does to the process. */
static int process_is_whole(void) {
    char directory[4096];
    mode_t mask = umask(022);
    umask(mask);
    if (getcwd(directory, sizeof(directory)) == NULL) return AUTH_ERR;
    return strcmp(directory, "/") == 0 && mask != 0137 ? thread_is_whole() : AUTH_ERR;
}

/* As the C library does where it checks fd_sets (_FORTIFY_SOURCE). */
static void select_on_a_new_one(void) {
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0 || fd >= FD_SETSIZE) abort();
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    select(fd + 1, &set, NULL, NULL, NULL);
    close(fd);
}

/* As a library that can be set up once in a process. */
static int work_once(void) {
    static int used;
    return used++ == 0 ? SUCCESS : AUTH_ERR;
}

static void open_files(const char *count) {
    for (int i = atoi(count); i > 0; i--) dup(2);
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
    else if (strcmp(what, "close") == 0) for (int fd = 0; fd <= 2; fd++) close(fd);
    else if (strcmp(what, "close-all") == 0) for (int fd = 0; fd <= 1024; fd++) close(fd);
    else if (strcmp(what, "uid") == 0) return setresuid(65534, 65534, -1) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "gid") == 0) return setresgid(65534, 65534, -1) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "umask") == 0) umask(0137);
    else if (strcmp(what, "chdir") == 0) return chdir("/tmp") == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "fsuid") == 0) setfsuid(65534);
    else if (strcmp(what, "fsgid") == 0) setfsgid(65534);
    else if (strcmp(what, "signals") == 0) return block_signals();
    else if (strcmp(what, "groups") == 0) return setgroups(1, (gid_t[]) {65534}) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "capabilities") == 0) return drop_capabilities();
    else if (strcmp(what, "idle") == 0)
        return sched_setscheduler(0, SCHED_IDLE, &(struct sched_param) {0}) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "nice") == 0) return setpriority(PRIO_PROCESS, 0, 10) == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "chroot") == 0) return chroot("/usr") == 0 ? SUCCESS : AUTH_ERR;
    else if (strcmp(what, "thread-is-whole") == 0) return thread_is_whole();
    else if (strcmp(what, "process-is-whole") == 0) return process_is_whole();
    else if (strcmp(what, "openlog") == 0) openlog("havoc", 0, LOG_USER);
    else if (strcmp(what, "syslog") == 0) syslog(LOG_NOTICE, "%s", about);
    else if (strcmp(what, "select") == 0) select_on_a_new_one();
    else if (strcmp(what, "child") == 0) leave_child(about);
    else if (strcmp(what, "child-and-segv") == 0) { leave_child(about); raise(SIGSEGV); }
    else if (strcmp(what, "child-and-hang") == 0) { leave_child(about); for (;;) pause(); }
    else if (strcmp(what, "once") == 0) return work_once();
    else if (strcmp(what, "alarm") == 0) alarm(3);
    else if (strcmp(what, "stop") == 0) raise(SIGSTOP);
    else if (strcmp(what, "slow") == 0) usleep(1000 * atoi(about));
    else if (strcmp(what, "files") == 0) open_files(about);
    else return AUTH_ERR;
    return SUCCESS;
}

/* Notes in the file that its argument names, if there is one, which process asks. */
int pam_sm_acct_mgmt(void *handle, int flags, int count, const char **arguments) {
    if (count > 0) note(getpid(), arguments[0]);
    return SUCCESS;
}
