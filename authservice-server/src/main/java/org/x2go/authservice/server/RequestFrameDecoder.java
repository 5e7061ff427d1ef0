package org.x2go.authservice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ByteProcessor;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.protocol.MalformedRequestException;
import org.x2go.authservice.protocol.MalformedRequestException.Reason;
import org.x2go.authservice.protocol.RequestFormat;
import org.x2go.authservice.protocol.SecretBytes;

/**
 * Splits a peer's bytes into lines, and passes on one line for each {@code read()}.
 *
 * <p>A line is passed on as a buffer without its newline; a line that is too long or unterminated as a {@link
 * MalformedRequestException}. The next handler requests a line by {@link ChannelHandlerContext#read}; it comes from
 * the buffered input or, if that holds no whole line, from the socket. When the peer has shut down its output and all
 * lines were read, the connection is closed.
 *
 * <p>While no input is buffered, the socket is read ahead: this saves two epoll_ctl(2) calls for each request of a
 * peer that waits for its replies. If a peer pipelines requests, what one recv(2) returns is buffered, and the rest stays
 * in the kernel.
 *
 * <p>The first request of a connection is passed on at once, and so is each request after a verdict of PAM. A
 * connection with pipelined, fragmented or immediately refused requests waits for a turn, in which it may pass on
 * several ({@link TurnQueue}).
 *
 * <p>Netty's line decoder does not fit, for two reasons: it strips a carriage return before the newline, which ends a
 * field here; and it leaves copies of unread lines with passwords in memory. Here bytes are moved only into a new
 * buffer, and releasing the old one wipes it.
 */
final class RequestFrameDecoder extends ChannelDuplexHandler {
    /** How many frames of one connection are passed on in a turn. */
    private static final int MAX_FRAMES_PER_TURN = 8;

    private static final ByteProcessor IS_NO_NEWLINE = value -> value != RequestFormat.TERMINATOR;

    private final int maxRequestBytes;
    private final WipingAllocator allocator;
    private final TurnQueue turns;
    private final ReadTimeout timeout;

    /** Input that was not passed on yet; the first buffer may hold an incomplete line. */
    private final Deque<ByteBuf> unread = new ArrayDeque<>();

    /** The index in the first unread buffer below which there is no newline. */
    private int searched;

    private boolean readPending;
    private boolean draining;
    private boolean yielded;
    private boolean discarding;
    private boolean inputEnded;

    RequestFrameDecoder(int maxRequestBytes, WipingAllocator allocator, TurnQueue turns, ReadTimeout timeout) {
        this.maxRequestBytes = maxRequestBytes;
        this.allocator = allocator;
        this.turns = turns;
        this.timeout = timeout;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        unread.addLast((ByteBuf) msg);
        drain(ctx, 1);
        if (!unread.isEmpty() && !allocator.mayKeepBuffer()) {
            // The budget is used up. This is not checked in read(), because input may come without a call of read(),
            // when Netty reads the rest after the peer has shut down its output.
            LingeringClose.begin(ctx.channel());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        // One ctx.read() reads the socket once.
        askSocket(ctx, false);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        readPending = true;
        drain(ctx, 1);
        askSocket(ctx, false);
    }

    private void askSocket(ChannelHandlerContext ctx, boolean isTurn) {
        if (draining || yielded || inputEnded) {
            return;
        }
        boolean begun = discarding || !unread.isEmpty();
        if (!readPending) {
            if (!begun) {
                ctx.read();
            }
        } else if (!begun) {
            timeout.awaitRequest(ctx);
            ctx.read();
        } else {
            timeout.awaitRest(ctx);
            if (isTurn) {
                ctx.read();
            } else {
                awaitTurn(ctx);
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        // ChannelInputShutdownEvent: the peer has shut down its output; the other: this end has shut down the input.
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            inputEnded = true;
            drain(ctx, 1);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timeout.cancel();
        while (!unread.isEmpty()) {
            unread.removeFirst().release();
        }
    }

    /**
     * Passes on lines while reads are pending, up to a maximum; then this connection yields. The next handler may
     * request another line before this returns.
     */
    private void drain(ChannelHandlerContext ctx, int maxFrames) {
        if (draining || yielded) {
            return;
        }
        draining = true;
        try {
            for (int frames = 0; readPending && !ctx.isRemoved(); frames++) {
                if (inputEnded && unread.isEmpty() && !discarding) {
                    readPending = false;
                    ctx.close();
                    return;
                }
                if (frames == maxFrames) {
                    awaitTurn(ctx);
                    return;
                }
                Object line = nextLine();
                if (line == null) {
                    return;
                }
                readPending = false;
                timeout.cancel();
                ctx.fireChannelRead(line);
            }
        } finally {
            draining = false;
        }
    }

    private void awaitTurn(ChannelHandlerContext ctx) {
        yielded = true;
        turns.add(() -> takeTurn(ctx));
    }

    private void takeTurn(ChannelHandlerContext ctx) {
        yielded = false;
        if (!ctx.isRemoved()) {
            drain(ctx, MAX_FRAMES_PER_TURN);
            askSocket(ctx, true);
        }
    }

    private @Nullable Object nextLine() {
        while (!unread.isEmpty()) {
            ByteBuf first = unread.getFirst();
            int end = newline(first);
            if (end >= 0) {
                return discarding ? endOfTooLong(first, end) : line(first, end);
            }
            searched = first.writerIndex();
            if (discarding || first.readableBytes() >= maxRequestBytes) {
                discarding = true;
                drop(first);
            } else if (unread.size() == 1) {
                break;
            } else {
                join(first);
            }
        }
        return inputEnded ? lastLine() : null;
    }

    /**
     * The index of the newline, or -1. Netty's indexOf reads eight bytes at a time and leaves them on the thread's
     * stack.
     */
    private int newline(ByteBuf first) {
        return first.forEachByte(searched, first.writerIndex() - searched, IS_NO_NEWLINE);
    }

    private ByteBuf line(ByteBuf first, int end) {
        ByteBuf line = first.readRetainedSlice(end - first.readerIndex());
        skipNewline(first);
        return line;
    }

    private MalformedRequestException endOfTooLong(ByteBuf first, int end) {
        discarding = false;
        // The rest of the buffer may stay in use, so the line is wiped now.
        first.setZero(first.readerIndex(), end - first.readerIndex());
        first.readerIndex(end);
        skipNewline(first);
        return new MalformedRequestException(Reason.TOO_LONG);
    }

    private @Nullable MalformedRequestException lastLine() {
        if (discarding) {
            discarding = false;
            return new MalformedRequestException(Reason.TOO_LONG);
        }
        if (unread.isEmpty()) {
            return null;
        }
        drop(unread.getFirst());
        return new MalformedRequestException(Reason.CUT_OFF);
    }

    private void skipNewline(ByteBuf first) {
        first.skipBytes(1);
        searched = first.readerIndex();
        if (!first.isReadable()) {
            drop(first);
        }
    }

    private void drop(ByteBuf first) {
        unread.removeFirst();
        first.release();
        searched = unread.isEmpty() ? 0 : unread.getFirst().readerIndex();
    }

    /** Joins an incomplete line with the next buffer, in a new buffer if the old one is full. */
    private void join(ByteBuf first) {
        unread.removeFirst();
        ByteBuf next = unread.removeFirst();
        int length = first.readableBytes();
        ByteBuf joined = first;
        if (first.writableBytes() < next.readableBytes() && first.readerIndex() > 0) {
            joined = allocator.directBuffer(maxRequestBytes);
            move(first, joined);
            first.release();
        }
        move(next, joined);
        searched = joined.readerIndex() + length;
        if (next.isReadable()) {
            unread.addFirst(next);
        } else {
            next.release();
        }
        unread.addFirst(joined);
    }

    /** Moves as many bytes as fit. */
    private static void move(ByteBuf from, ByteBuf to) {
        int count = Math.min(from.readableBytes(), to.writableBytes());
        SecretBytes.copy(from.nioBuffer(from.readerIndex(), count), to.nioBuffer(to.writerIndex(), count));
        from.skipBytes(count);
        to.writerIndex(to.writerIndex() + count);
    }
}
