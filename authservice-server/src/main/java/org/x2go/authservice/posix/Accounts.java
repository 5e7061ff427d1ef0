package org.x2go.authservice.posix;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks up users and groups in the system's databases (nsswitch.conf(5)). A lookup may ask a directory server, and may
 * block: not for event loops.
 */
public final class Accounts {
    private static final int LARGEST_BUFFER = 1 << 20;

    /** The offset of pw_uid and gr_gid in struct passwd and struct group: two pointers, in glibc and musl. */
    private static final int ID_OFFSET = 2 * Long.BYTES;

    private static final int STRUCT_BYTES = 64;

    private static final Function GETPWNAM_R = function("getpwnam_r");
    private static final Function GETPWUID_R = function("getpwuid_r");
    private static final Function GETGRNAM_R = function("getgrnam_r");

    private Accounts() {}

    /** The number of the user with this name, or empty if there is none. */
    public static OptionalInt uidOf(String user) throws IOException {
        return idOf(GETPWNAM_R, user, "user ");
    }

    /** The number of the group with this name, or empty if there is none. */
    public static OptionalInt gidOf(String group) throws IOException {
        return idOf(GETGRNAM_R, group, "group ");
    }

    /** The name of the user with this number, or empty if there is none. */
    public static Optional<String> nameOf(int uid) throws IOException {
        return lookUp(
                GETPWUID_R,
                uid,
                "user " + Integer.toUnsignedString(uid),
                entry -> entry.getPointer(0).getString(0, StandardCharsets.UTF_8.name()));
    }

    private static Function function(String name) {
        return NativeLibrary.getInstance("c").getFunction(name);
    }

    private static OptionalInt idOf(Function call, String name, String kind) throws IOException {
        return lookUp(call, CString.of(name), kind + name, entry -> OptionalInt.of(entry.getInt(ID_OFFSET)))
                .orElse(OptionalInt.empty());
    }

    private static <T> Optional<T> lookUp(
            Function call, Object key, String what, java.util.function.Function<Pointer, T> read) throws IOException {
        for (int size = 1024; size <= LARGEST_BUFFER; size *= 4) {
            try (Memory entry = new Memory(STRUCT_BYTES);
                    Memory buffer = new Memory(size)) {
                PointerByReference result = new PointerByReference();
                int errno = call.invokeInt(new Object[] {key, entry, buffer, (long) size, result});
                if (result.getValue() != null) {
                    return Optional.of(read.apply(entry));
                }
                if (errno != Errno.ERANGE) {
                    // Each database has its own error number for "not found" (getpwnam(3)), so all errors mean that.
                    return Optional.empty();
                }
            }
        }
        throw new IOException("The entry of " + what + " is larger than " + LARGEST_BUFFER + " bytes");
    }
}
