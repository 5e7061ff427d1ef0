import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.x2go.authservice.client.AuthClient;

/**
 * What a call of the client library costs beside a bare socket's round trip on a kept connection: both ask the same server,
 * which says "ok" to everything, by turns.
 *
 * <pre>java -cp authservice-client-cli.jar ClientCall.java SOCKET SECONDS</pre>
 *
 * Prints the microseconds of a bare round trip and of a call: each the median of many batches.
 */
final class ClientCall {
    private static final int BATCH = 1_000;
    private static final int WARMUP_BATCHES = 30;
    private static final int LEAST_BATCHES = 20;
    private static final ByteBuffer REQUEST =
            ByteBuffer.allocateDirect(64).put("bench\rsecret\rx2gobroker\n".getBytes(StandardCharsets.US_ASCII)).flip();

    private interface Exchange {
        void once() throws IOException;
    }

    public static void main(String... args) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(args[0]);
        long nanos = Long.parseLong(args[1]) * 1_000_000_000L;
        char[] password = "secret".toCharArray();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel bare = SocketChannel.open(StandardProtocolFamily.UNIX);
                AuthClient client =
                        AuthClient.builder().socket(Path.of(args[0])).build()) {
            server.bind(address);
            daemon(() -> serve(server));
            bare.connect(address);
            ByteBuffer answer = ByteBuffer.allocateDirect(64);
            Exchange bareExchange = () -> exchange(bare, answer);
            Exchange call = () -> {
                if (!client.authenticate("bench", password)) {
                    throw new IOException("The answer is ok, and the client says no");
                }
            };
            print(measure(bareExchange, call, nanos));
        }
    }

    private static double[][] measure(Exchange bare, Exchange call, long nanos) throws IOException {
        for (int i = 0; i < WARMUP_BATCHES; i++) {
            microseconds(bare);
            microseconds(call);
        }
        double[][] times = new double[2][0];
        long end = System.nanoTime() + nanos;
        for (int n = 0; n < LEAST_BATCHES || System.nanoTime() < end; n++) {
            times[0] = append(times[0], microseconds(bare));
            times[1] = append(times[1], microseconds(call));
        }
        return times;
    }

    private static double microseconds(Exchange exchange) throws IOException {
        long begun = System.nanoTime();
        for (int i = 0; i < BATCH; i++) {
            exchange.once();
        }
        return (System.nanoTime() - begun) / 1e3 / BATCH;
    }

    private static double[] append(double[] values, double value) {
        double[] more = Arrays.copyOf(values, values.length + 1);
        more[values.length] = value;
        return more;
    }

    private static void print(double[][] times) {
        System.out.printf(Locale.ROOT, "%.1f %.1f%n", median(times[0]), median(times[1]));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static void exchange(SocketChannel channel, ByteBuffer answer) throws IOException {
        channel.write(REQUEST.rewind());
        answer.clear();
        do {
            if (channel.read(answer) < 0) {
                throw new IOException("The server has closed the connection");
            }
        } while (answer.get(answer.position() - 1) != '\n');
    }

    private static void serve(ServerSocketChannel server) throws IOException {
        while (true) {
            SocketChannel connection = server.accept();
            daemon(() -> answer(connection));
        }
    }

    private static void answer(SocketChannel connection) throws IOException {
        ByteBuffer request = ByteBuffer.allocateDirect(4096);
        ByteBuffer ok = ByteBuffer.allocateDirect(3).put("ok\n".getBytes(StandardCharsets.US_ASCII));
        while (connection.read(request.clear()) >= 0) {
            connection.write(ok.rewind());
        }
    }

    private static void daemon(Exchange work) {
        Thread thread = new Thread(() -> {
            try {
                work.once();
            } catch (IOException e) {
                // The other end is gone, or the measurement over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private ClientCall() {}
}
