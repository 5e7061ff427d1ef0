/*
 * A PAM module for tests whose loading never ends: dlopen(3) runs this and does not come back, and whoever wants to load
 * anything later in the same process waits for it.
 */
#include <unistd.h>

__attribute__((constructor)) static void hang(void) {
    for (;;) pause();
}
