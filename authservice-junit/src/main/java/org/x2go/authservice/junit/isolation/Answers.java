package org.x2go.authservice.junit.isolation;

import java.nio.ByteBuffer;
import org.x2go.authservice.junit.Reply;

/** What the server of a test answers. Thread-safe. */
public interface Answers {
    /**
     * Answers one request.
     *
     * @param password as the bytes that it is on the wire
     */
    Reply answer(String user, ByteBuffer password, String service) throws InterruptedException;
}
