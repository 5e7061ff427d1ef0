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
 * Cuts what a peer sends into lines, and hands on one line for each read that is asked for.
 *
 * <p>A line is passed on as a buffer, without its newline; one that is too long, or that the peer did not end, is passed on
 * as a {@link MalformedRequestException} in its place. The handler behind asks for the next line by
 * {@link ChannelHandlerContext#read}, and gets it from what was read before or, when that holds no whole line, from the
 * socket. When the peer has shut down its sending side, and all its lines were asked for, the connection is closed.
 *
 * <p>The socket is asked ahead of that for as long as nothing that was read is left: so a peer that waits for its replies
 * costs no epoll_ctl(2), which would take it out of what the event loop watches and put it back with each request. From one
 * that does not wait, one read is taken ahead, and the rest stays in the kernel.
 *
 * <p>A new connection's first request is handed on at once, and so is each that comes when the one before was answered by a
 * worker's verdict. A connection that goes beyond that, by requests sent ahead, requests that are refused at once or requests in pieces,
 * yields to others between them.
 *
 * <p>Netty's own line decoder is not used, for two reasons: it takes a carriage return before the newline for a part of
 * the line's end, where ours ends a field; and it keeps copies of unread lines, passwords in them, when it moves them.
 * Here bytes are moved only into a new buffer, and the old one is released, which wipes it.
 */
final class RequestFrameDecoder extends ChannelDuplexHandler {
    /** How many frames of one connection are handed on in a turn. */
    private static final int MAX_FRAMES_PER_TURN = 8;

    private static final ByteProcessor IS_NO_NEWLINE = value -> value != RequestFormat.TERMINATOR;

    private final int maxRequestBytes;
    private final WipingAllocator allocator;
    private final TurnQueue turns;
    private final ReadTimeout timeout;

    /** What was read and not yet handed on; the first of them may hold an incomplete line. */
    private final Deque<ByteBuf> unread = new ArrayDeque<>();

    /** In the first unread buffer, up to where there is no newline. */
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
            // It may also come unasked: Netty reads a connection empty when its peer has ended its input.
            LingeringClose.begin(ctx.channel());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        // The socket reads once for each time that it is asked.
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
        // The one if the peer has ended its input, the other if we have.
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
     * Hands on lines for as long as they are asked for, but so many at most; then this connection yields. A handler behind may
     * ask for the next before this returns.
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

    /** The place of the newline, or -1. Netty's indexOf takes eight bytes at a time, which are left on the thread's stack. */
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
        // The buffer is in use for as long as what follows in it.
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

    /** Puts an incomplete line and what came next together, in a new buffer if the old one has no room for it. */
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

    /** Moves as many bytes as there are and as there is room for. */
    private static void move(ByteBuf from, ByteBuf to) {
        int count = Math.min(from.readableBytes(), to.writableBytes());
        SecretBytes.copy(from.nioBuffer(from.readerIndex(), count), to.nioBuffer(to.writerIndex(), count));
        from.skipBytes(count);
        to.writerIndex(to.writerIndex() + count);
    }
}
