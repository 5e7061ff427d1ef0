package org.x2go.authservice.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Says when no connection can be accepted, most likely for want of file descriptors. Netty then pauses for a second and
 * tries again; those who wait to be accepted wait on, and open connections are served meanwhile.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LogManager.getLogger(AcceptFaults.class);

    private final LogRateLimiter rateLimiter = new LogRateLimiter();

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (rateLimiter.tryAcquire()) {
            LOG.error(
                    "Cannot accept connections ({}); trying again every second. Raise the limit of open files"
                            + " (LimitNOFILE= in the unit, ulimit -n), or lower --max-connections.",
                    cause.toString());
        }
    }
}
