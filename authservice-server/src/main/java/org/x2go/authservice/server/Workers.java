package org.x2go.authservice.server;

/** Who asks the authenticator, so that the event loop need not wait for it. Called on the event loop. */
interface Workers {
    /** Queues an attempt. False if the queue is full, or these workers are stopping. */
    boolean submit(Runnable attempt);

    /** Takes an attempt that no worker has begun out of the queue. */
    void withdraw(Runnable attempt);

    /** How many workers there may be. */
    int count();

    /** How many of them are at work. */
    int busy();

    /** How many attempts wait for one. */
    int queued();

    /** Lets what is queued be done and takes no more. */
    void stop();
}
