package org.x2go.authservice.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** The supplementary groups of a connected peer, as the kernel recorded them (SO_PEERGROUPS, Linux 4.13). */
public final class PeerGroups {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERGROUPS = 59;

    /** NGROUPS_MAX of Linux, four bytes each. */
    private static final int MAX_BYTES = 65_536 * Integer.BYTES;

    private PeerGroups() {}

    /** The supplementary groups of the peer of this socket. */
    public static Set<Integer> of(int socket) throws IOException {
        for (int size = 256; ; size = Math.min(16 * size, MAX_BYTES)) {
            try (Memory groups = new Memory(size)) {
                IntByReference length = new IntByReference(size);
                LibC.getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, length.getPointer());
                Set<Integer> gids = new HashSet<>();
                for (int at = 0; at < length.getValue(); at += Integer.BYTES) {
                    gids.add(groups.getInt(at));
                }
                return gids;
            } catch (LastErrorException e) {
                if (e.getErrorCode() != Errno.ERANGE || size == MAX_BYTES) {
                    throw new IOException("cannot read the groups of a peer: " + Errno.text(e), e);
                }
            }
        }
    }
}
