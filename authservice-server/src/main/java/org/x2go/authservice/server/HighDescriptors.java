package org.x2go.authservice.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import org.x2go.authservice.posix.OpenFiles;

/**
 * Gives connections descriptors that select(2) does not take, as long as there are any, so that those that it takes are free
 * for PAM modules in this process: one that puts a higher one into an fd_set ends the process. Stands in front of the handler
 * that accepts.
 */
final class HighDescriptors extends ChannelInboundHandlerAdapter {
    private final boolean exist = OpenFiles.limit() > OpenFiles.SELECTABLE;

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        context.fireChannelRead(exist ? moved((EpollDomainSocketChannel) accepted) : accepted);
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
}
