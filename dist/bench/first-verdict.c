/*
 * How long a service takes from its start to its first verdict, as a program that waits for it sees it.
 *
 *   first-verdict SOCKET SERVICE COMMAND [ARGUMENT]...
 *
 * Starts the command, asks until there is an answer, stops the command, and prints the milliseconds.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SECONDS = 20 };

extern char **environ;

static double milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Whether the service answered, and with "ok". */
static int ask(const struct sockaddr_un *address, const char *request, char *answer, size_t size)
{
    ssize_t length = -1;
    int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer < 0)
        return 0;
    if (connect(peer, (const struct sockaddr *)address, sizeof *address) == 0
        && send(peer, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request))
        length = recv(peer, answer, size - 1, 0);
    close(peer);
    answer[length > 0 ? length : 0] = '\0';
    return length > 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc < 4 || strlen(argv[1]) >= sizeof address.sun_path) {
        fprintf(stderr, "Usage: %s SOCKET SERVICE COMMAND [ARGUMENT]...\n", argv[0]);
        return 2;
    }
    memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
    char request[512];
    snprintf(request, sizeof request, "bench-1\rany\r%s\n", argv[2]);

    double begun = milliseconds();
    pid_t child;
    if (posix_spawnp(&child, argv[3], NULL, NULL, argv + 3, environ) != 0) {
        fprintf(stderr, "%s: cannot start %s\n", argv[0], argv[3]);
        return 1;
    }
    /* It leaves the processors to the service: a wait of 0.2 ms adds half of that on average. */
    const struct timespec wait = {0, 200000};
    char answer[64] = "";
    while (!ask(&address, request, answer, sizeof answer) && milliseconds() < begun + MOST_SECONDS * 1e3)
        nanosleep(&wait, NULL);
    double took = milliseconds() - begun;

    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    if (strcmp(answer, "ok\n") != 0) {
        fprintf(stderr, "%s: the answer was \"%s\"\n", argv[0], answer);
        return 1;
    }
    printf("%.1f\n", took);
    return 0;
}
