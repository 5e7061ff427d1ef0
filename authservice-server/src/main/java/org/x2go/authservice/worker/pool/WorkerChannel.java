package org.x2go.authservice.worker.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.Errors;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.auth.Diagnostics;
import org.x2go.authservice.auth.PeerCredentials;
import org.x2go.authservice.protocol.Credentials;
import org.x2go.authservice.protocol.Wipe;
import org.x2go.authservice.worker.wire.Reply;
import org.x2go.authservice.worker.wire.Request;

/**
 * The service's end of the channel to one PAM worker. One request at a time; used on the event loop.
 *
 * <p>A request's frame is in a buffer of this channel, which is wiped as soon as the frame has been written. Netty's
 * decoder, which copies what it accumulates, gets replies only.
 */
public final class WorkerChannel {
    /** After the end of the channel or of the process, the other one follows within milliseconds. */
    private static final long END_TIMEOUT_MILLIS = 2000;

    /** A retired worker first kills the processes that its modules started. */
    private static final long RETIRE_TIMEOUT_MILLIS = 5000;

    /** Further messages of a worker during one request are not logged. */
    private static final int MAX_LOG_RECORDS = 50;

    private static final int USUAL_FRAME_BYTES = 8192;

    private final Channel channel;
    private final @Nullable WorkerProcess process;
    private final Diagnostics diagnostics;

    private ByteBuffer frame = ByteBuffer.allocateDirect(USUAL_FRAME_BYTES);

    /** Gets the events of this channel; null when it is to get no more. */
    private @Nullable PooledWorker owner;

    private int number;
    private boolean awaitsAnswer;
    private boolean undelivered;
    private int logRecords;
    private boolean retired;
    private boolean closed;
    private @Nullable String fault;
    private @Nullable String exit;
    private @Nullable Future<?> timeout;

    private WorkerChannel(Channel channel, @Nullable WorkerProcess process, Diagnostics diagnostics) {
        this.channel = channel;
        this.process = process;
        this.diagnostics = diagnostics;
    }

    /**
     * Sets up a channel to a worker. It reads nothing before {@link #open}.
     *
     * @param process null if another program started it, which also reaps it
     */
    static WorkerChannel over(Channel channel, @Nullable WorkerProcess process, Diagnostics diagnostics) {
        WorkerChannel worker = new WorkerChannel(channel, process, diagnostics);
        channel.config().setOption(ChannelOption.AUTO_READ, false);
        channel.pipeline()
                .addLast(new LengthFieldBasedFrameDecoder(
                        Integer.BYTES + Reply.MAX_BODY, 0, Integer.BYTES, 0, Integer.BYTES))
                .addLast(worker.new Replies());
        return worker;
    }

    /** Begins to read. Called once, on the event loop, when the channel is registered there. */
    void open(PooledWorker worker) {
        owner = worker;
        channel.config().setAutoRead(true);
        if (process != null) {
            var unused = process.ending().thenAccept(how -> channel.eventLoop().execute(() -> exited(how)));
        }
    }

    /** Whether a request can be sent. */
    boolean isActive() {
        return exit == null && channel.isActive();
    }

    /** Sends a request and closes the credentials. If it cannot be sent, {@link #isUndelivered} is true. */
    void send(Credentials credentials, PeerCredentials peer) {
        Request request = new Request(++number, credentials, peer);
        int length = request.frameBytes();
        if (frame.capacity() < length) {
            frame = ByteBuffer.allocateDirect(length);
        }
        ByteBuffer bytes = frame;
        request.encode(bytes.clear());
        awaitsAnswer = true;
        logRecords = 0;
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes.flip())).addListener(written -> {
            Wipe.wipe(bytes);
            if (written.isSuccess()) {
                credentials.close();
            } else {
                undelivered = true;
                awaitsAnswer = false;
                disconnected();
            }
        });
    }

    /** Whether the last request could not be sent whole, so that the worker did not process it. */
    boolean isUndelivered() {
        return undelivered;
    }

    /** Closes the channel, so that the worker exits. Its owner gets no more events. */
    void retire() {
        owner = null;
        retired = true;
        channel.close();
    }

    /** Kills the worker. Its owner gets no more events. */
    void kill() {
        owner = null;
        channel.close();
        if (process != null) {
            process.kill();
        }
    }

    private void received(Reply reply) throws IOException {
        PooledWorker worker = owner;
        if (reply instanceof Reply.LogRecord message) {
            log(message);
        } else if (worker == null) {
            return;
        } else if (reply instanceof Reply.Answer answer) {
            if (!awaitsAnswer || answer.number() != number) {
                throw new IOException("an answer to another request");
            }
            awaitsAnswer = false;
            worker.answered(answer);
        } else if (reply instanceof Reply.Ready ready) {
            if (ready.maxRequests() < 1) {
                throw new IOException("it accepts no request");
            }
            worker.ready(ready.maxRequests());
        } else if (reply instanceof Reply.StartupFailure failure) {
            worker.startupFailed(failure.reason());
        }
    }

    private void log(Reply.LogRecord message) {
        if (logRecords++ < MAX_LOG_RECORDS) {
            diagnostics.log(message.level(), message.text());
        }
    }

    /** Called when the channel was closed; waits for the process, whose exit status says why. */
    private void disconnected() {
        if (process == null) {
            close("its connection was closed");
        } else if (exit != null) {
            close(exit);
        } else if (timeout == null) {
            if (!retired) {
                process.kill();
            }
            timeout = channel.eventLoop()
                    .schedule(
                            () -> {
                                process.kill();
                                close("it has not exited yet");
                            },
                            retired ? RETIRE_TIMEOUT_MILLIS : END_TIMEOUT_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Called when the process has exited; waits for the end of the channel, since its last messages may not have been
     * read yet. A child of it may hold the channel open.
     */
    private void exited(String how) {
        exit = how;
        if (timeout == null && channel.isActive()) {
            timeout = channel.eventLoop().schedule(() -> channel.close(), END_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            close(how);
        }
    }

    private void close(String how) {
        if (closed) {
            return;
        }
        closed = true;
        channel.close();
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (retired) {
            diagnostics.debug(this + " was retired (" + how + ")");
        }
        if (owner != null) {
            owner.exited(fault == null ? how : how + ", after " + fault);
        }
    }

    /** The worker with its process number, if the service started it. */
    @Override
    public String toString() {
        return process == null ? "PAM worker" : "PAM worker " + process.pid();
    }

    /** Decodes replies. */
    private final class Replies extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf body) throws IOException {
            // Later messages of the same read mean nothing after a wrong one.
            if (fault == null && !closed) {
                received(Reply.decode(body.nioBuffer()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            disconnected();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // A broken connection is not a fault of its own: the exit status explains it.
            if (fault == null && !(cause instanceof Errors.NativeIoException)) {
                fault = String.valueOf(cause.getMessage());
            }
            ctx.close();
        }
    }
}
