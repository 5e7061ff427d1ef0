package org.x2go.authservice.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.x2go.authservice.testsupport.RawPeer;

/**
 * What is sent on one connection, in one piece or more, and whether the end of input follows.
 *
 * @param name what it shows
 * @param pieces each is sent when the server has read the one before; their characters stand for bytes
 * @param end whether the sending side is shut down at the end
 */
record Exchange(String name, List<String> pieces, boolean end) {
    static Exchange sending(String name, String... pieces) {
        return new Exchange(name, List.of(pieces), false);
    }

    static Exchange sendingAll(String name, String... pieces) {
        return new Exchange(name, List.of(pieces), true);
    }

    /** A request in UTF-8, in the form that pieces have. */
    static String request(String user, String password, String service) {
        return new String((user + "\r" + password + "\r" + service + "\n").getBytes(UTF_8), ISO_8859_1);
    }

    /**
     * Does it, and returns the replies: as many as there are lines, and then, or instead, "closed" if that is what the server
     * did. It waits for the server's end of the connection if the peer's has come.
     */
    String with(Path socket) throws IOException {
        StringJoiner replies = new StringJoiner(" ");
        try (RawPeer peer = RawPeer.connect(socket)) {
            for (int i = 0; i < pieces.size(); i++) {
                if (i > 0) {
                    awaitThatAllIsRead(socket);
                }
                peer.send(pieces.get(i));
            }
            if (end) {
                peer.shutdownOutput();
            }
            long lines = String.join("", pieces).chars().filter(c -> c == '\n').count();
            for (long i = 0; end || i < lines; i++) {
                String reply = peer.reply();
                if (reply.endsWith("<end>")) {
                    return replies.add(reply.replace("<end>", "") + "closed").toString();
                }
                replies.add(reply);
            }
        } catch (IOException closed) {
            // It makes a difference to the kernel, but to no peer, whether the server had read everything before it
            // closed.
            replies.add("closed");
        }
        return replies.toString();
    }

    /** Each of the servers reads from one thread, which has been past the other connections when it serves a later one. */
    private static void awaitThatAllIsRead(Path socket) throws IOException {
        try (RawPeer later = RawPeer.connect(socket)) {
            later.send("no request\n").shutdownOutput().rest();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
