package org.x2go.authservice.client;

/** Makes the client's threads. */
final class DaemonThreads {
    private DaemonThreads() {}

    /** A daemon thread that takes over none of the creating thread's locals: it may outlive that thread's work. */
    static Thread create(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }
}
