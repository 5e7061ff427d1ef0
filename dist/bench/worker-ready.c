/*
 * How long a PAM worker takes from its start until it says that it is ready.
 *
 *   worker-ready COMMAND [ARGUMENT]...
 *
 * Starts the command with a socket as its standard input, as the service and systemd do, and prints the milliseconds.
 */
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_MILLISECONDS = 20000 };

/* The beginning of a frame of six bytes: Reply.Ready, which goes on with the channel's version and the number of a thread. */
static const char READY[] = {0, 0, 0, 6, 'r'};

enum { WHOLE_FRAME = sizeof READY + 5 };

extern char **environ;

static double milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    int ends[2];
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        fprintf(stderr, "Usage: %s COMMAND [ARGUMENT]...\n", argv[0]);
        return 2;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);

    double begun = milliseconds();
    pid_t child;
    if (posix_spawnp(&child, argv[1], &actions, NULL, argv + 1, environ) != 0) {
        fprintf(stderr, "%s: cannot start %s\n", argv[0], argv[1]);
        return 1;
    }
    close(ends[1]);
    struct pollfd worker = {.fd = ends[0], .events = POLLIN};
    char said[WHOLE_FRAME] = "";
    ssize_t length = poll(&worker, 1, MOST_MILLISECONDS) == 1 ? recv(ends[0], said, sizeof said, 0) : -1;
    double took = milliseconds() - begun;

    close(ends[0]); /* which ends it */
    waitpid(child, NULL, 0);
    if (length != sizeof said || memcmp(said, READY, sizeof READY) != 0) {
        fprintf(stderr, "%s: the worker did not say that it is ready\n", argv[0]);
        return 1;
    }
    printf("%.1f\n", took);
    return 0;
}
