package org.x2go.authservice.worker.channel;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;

/**
 * What the service asks a worker: who asks, and which credentials are to be checked.
 *
 * @param number the answer's as well, which so cannot be taken for that to another request
 * @param credentials whoever has decoded them closes them
 * @param peer who asks the service
 */
public record Request(int number, Credentials credentials, PeerCredentials peer) {
    /** Four numbers, and three lengths. */
    private static final int FIXED_BYTES = 7 * Integer.BYTES;

    /** The longest body of a request whose fields have together no more than so many bytes. */
    static int longestBody(int fieldBytes) {
        return FIXED_BYTES + fieldBytes;
    }

    void send(FrameWriter writer) throws IOException {
        byte[] user = FrameWriter.utf8(credentials.user());
        byte[] service = FrameWriter.utf8(credentials.service());
        ByteBuffer password = credentials.password();
        writer.begin(longestBody(user.length + service.length + password.remaining()));
        try {
            writer.put(number)
                    .put(peer.pid())
                    .put(peer.uid())
                    .put(peer.gid())
                    .put(user)
                    .put(service)
                    .putSecret(password)
                    .send();
        } finally {
            writer.wipe();
        }
    }

    /** The body is left as it is: wiping it stays the caller's business. */
    static Request decode(ByteBuffer body) throws IOException {
        try {
            int number = body.getInt();
            PeerCredentials peer = new PeerCredentials(body.getInt(), body.getInt(), body.getInt());
            String user = Fields.text(body);
            String service = Fields.text(body);
            ByteBuffer password = Fields.bytes(body);
            if (body.hasRemaining() || user.isEmpty() || service.isEmpty()) {
                throw new IOException("a request that is malformed");
            }
            return new Request(number, Credentials.copyOf(user, password, service), peer);
        } catch (BufferUnderflowException e) {
            throw new IOException("a request that is cut short", e);
        }
    }
}
