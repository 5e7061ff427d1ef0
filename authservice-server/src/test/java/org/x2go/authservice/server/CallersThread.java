package org.x2go.authservice.server;

/** In place of the threads that ask PAM: runs what it is given at once, and needs no threads for that. */
final class CallersThread implements Workers {
    @Override
    public boolean submit(Runnable attempt) {
        attempt.run();
        return true;
    }

    @Override
    public void withdraw(Runnable attempt) {
        // None ever waits.
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int busy() {
        return 0;
    }

    @Override
    public int queued() {
        return 0;
    }

    @Override
    public void stop() {
        // Nothing runs.
    }
}
