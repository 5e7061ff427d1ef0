/*
 * A PAM module for compare.sh that misbehaves in every Nth login, counted over all processes: it hangs for ever, or crashes.
 * Arguments: "hang" or "crash", N, and a file of its own for the count.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <security/pam_modules.h>

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    if (argc != 3) {
        return PAM_SERVICE_ERR;
    }
    int file = open(argv[2], O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return PAM_SERVICE_ERR;
    }
    /* An int at its beginning. */
    int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (count == MAP_FAILED) {
        return PAM_SERVICE_ERR;
    }
    int number = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    munmap(count, sizeof *count);
    if (number % atoi(argv[1]) != 0) {
        return PAM_SUCCESS;
    }
    if (strcmp(argv[0], "crash") == 0) {
        raise(SIGSEGV);
    }
    for (;;) {
        pause();
    }
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_SUCCESS;
}
