package org.x2go.authservice.server;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** In place of the threads that ask PAM: runs what it is given at once, and needs no threads for that. */
final class CallersThread extends ThreadPoolExecutor {
    CallersThread() {
        super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
