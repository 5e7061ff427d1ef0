import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Sends a line as it is to the service, malformed or not, and prints the reply. */
final class SendLine {
    private static final int LONGEST_REPLY = 64;

    private SendLine() {}

    /** The arguments: the socket's path, and the line, where \r and \n stand for these characters. */
    public static void main(String[] args) throws IOException {
        String line = args[1].replace("\\r", "\r").replace("\\n", "\n");
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]))) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            System.out.println(reply(channel));
        }
    }

    private static String reply(SocketChannel channel) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(LONGEST_REPLY);
        while (reply.hasRemaining() && channel.read(reply) >= 0) {
            if (reply.get(reply.position() - 1) == '\n') {
                break;
            }
        }
        return new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8).strip();
    }
}
