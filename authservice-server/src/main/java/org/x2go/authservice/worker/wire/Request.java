package org.x2go.authservice.worker.wire;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.SecretBytes;

/**
 * A request of the service to a worker.
 *
 * @param number the number that the answer repeats, so that it is not taken for the answer to another request
 * @param credentials what to check; the decoding side closes them
 * @param peer the client's process
 */
public record Request(int number, Credentials credentials, PeerCredentials peer) {
    /** Four numbers, and three lengths. */
    private static final int FIXED_BYTES = 7 * Integer.BYTES;

    /** The longest body of a request whose fields have at most this many bytes together. */
    static int maxBody(int fieldBytes) {
        return FIXED_BYTES + fieldBytes;
    }

    /** How many bytes {@link #encode} needs. */
    public int frameBytes() {
        int names = Fields.utf8(credentials.user()).length + Fields.utf8(credentials.service()).length;
        return Integer.BYTES + maxBody(names + credentials.password().remaining());
    }

    /** Puts a frame that holds this request into a buffer, and no copy of the password anywhere else. */
    public void encode(ByteBuffer frame) {
        int start = frame.position();
        frame.putInt(0).putInt(number);
        frame.putInt(peer.pid()).putInt(peer.uid()).putInt(peer.gid());
        Fields.put(Fields.utf8(credentials.user()), frame);
        Fields.put(Fields.utf8(credentials.service()), frame);
        ByteBuffer password = credentials.password();
        frame.putInt(password.remaining());
        SecretBytes.copy(password, frame);
        frame.putInt(start, frame.position() - start - Integer.BYTES);
    }

    /** Decodes a request. The caller wipes the body. */
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
