package org.x2go.authservice.client;

/** Makes the client's threads. */
final class DaemonThreads {
    private DaemonThreads() {}

    /** Creates a daemon thread without the creator's inheritable thread locals, since it may outlive the creator's work. */
    static Thread create(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }
}
