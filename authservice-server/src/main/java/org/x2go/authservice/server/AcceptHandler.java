package org.x2go.authservice.server;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.x2go.authservice.posix.OpenFiles;

/**
 * The first handler of the listening channel, in front of Netty's acceptor.
 *
 * <p>It moves connections to descriptors from 1024 on, while there are any, so that lower ones are free for PAM
 * modules in this process: select(2) overflows its fd_set with a higher one. If accept(2) fails, most likely for lack
 * of descriptors, it logs that and pauses: new connections wait in the backlog, and open connections are served
 * meanwhile.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LogManager.getLogger(AcceptHandler.class);

    private static final long PAUSE_SECONDS = 1;

    private final boolean highOnesExist = OpenFiles.limit() > OpenFiles.SELECTABLE;
    private final LogRateLimiter rateLimiter = new LogRateLimiter();

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        context.fireChannelRead(highOnesExist ? moved((EpollDomainSocketChannel) accepted) : accepted);
    }

    private static EpollDomainSocketChannel moved(EpollDomainSocketChannel accepted) {
        int descriptor;
        try {
            descriptor = OpenFiles.duplicateAboveSelectable(accepted.fd().intValue());
        } catch (IOException e) {
            return accepted;
        }
        accepted.unsafe().closeForcibly();
        return new EpollDomainSocketChannel(descriptor, true);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ChannelConfig listener = context.channel().config();
        listener.setAutoRead(false);
        context.executor().schedule(() -> listener.setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
        if (rateLimiter.tryAcquire()) {
            LOG.error(
                    "Cannot accept connections ({}); trying again every second. Raise the limit of open files"
                            + " (LimitNOFILE= in the unit, ulimit -n), or lower --max-connections.",
                    cause.toString());
        }
    }
}
