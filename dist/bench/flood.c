/* Connections of one process that take all they can get of a service, until it is killed:
 *   flood SOCKET newlines|service|bytes N   N connections that send ahead empty requests, requests for a service that is not
 *                                           allowed, or a request that never ends, a byte at a time
 *   flood SOCKET connect 1                  connects, asks, and closes without waiting for the reply
 * It prints a line when all N are connected. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char request[] = "nobody\rx\rnot-allowed\n";

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "the path is too long\n");
    exit(1);
  }
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("connect");
    exit(1);
  }
  return fd;
}

static void connect_again_and_again(const char *path) {
  for (;;) {
    int fd = connect_to(path);
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0 && errno != EPIPE) perror("send");
    close(fd);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: flood SOCKET newlines|service|bytes|connect N\n");
    return 2;
  }
  const char *kind = argv[2];
  int count = atoi(argv[3]);
  if (strcmp(kind, "connect") == 0) {
    puts("connected");
    fflush(stdout);
    connect_again_and_again(argv[1]);
  }

  static char data[65520];
  size_t length = sizeof data;
  size_t size = strcmp(kind, "newlines") == 0 ? 1 : sizeof request - 1;
  length -= length % size;
  for (size_t i = 0; i < length; i += size) memcpy(data + i, size == 1 ? "\n" : request, size);
  if (strcmp(kind, "bytes") == 0) length = 1;
  data[0] = length == 1 ? 'a' : data[0];

  struct pollfd *peers = calloc(count, sizeof *peers);
  if (peers == NULL) return 1;
  for (int i = 0; i < count; i++) {
    peers[i].fd = connect_to(argv[1]);
    peers[i].events = POLLIN | POLLOUT;
    fcntl(peers[i].fd, F_SETFL, O_NONBLOCK);
  }
  puts("connected");
  fflush(stdout);
  for (;;) {
    if (poll(peers, count, -1) < 0) return 1;
    for (int i = 0; i < count; i++) {
      char replies[4096];
      if (peers[i].revents & POLLIN && recv(peers[i].fd, replies, sizeof replies, 0) == 0) {
        /* It was refused; another one takes its place. */
        close(peers[i].fd);
        peers[i].fd = connect_to(argv[1]);
        fcntl(peers[i].fd, F_SETFL, O_NONBLOCK);
      } else if (peers[i].revents & POLLOUT) {
        if (send(peers[i].fd, data, length, MSG_NOSIGNAL) < 0 && errno != EAGAIN && errno != EPIPE) perror("send");
      }
    }
  }
}
