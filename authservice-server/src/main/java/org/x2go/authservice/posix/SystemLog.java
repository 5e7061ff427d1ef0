package org.x2go.authservice.posix;

import com.sun.jna.Memory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The system's log, to which PAM's modules write. */
public final class SystemLog {
    private static final int LOG_PID = 1;
    private static final int LOG_AUTHPRIV = 10 << 3;

    /** The C library keeps a name's address, not its text (openlog(3)): so each stays for as long as the process does. */
    private static final Queue<Memory> NAMES = new ConcurrentLinkedQueue<>();

    private static volatile @Nullable Memory current;

    private SystemLog() {}

    /** Says under which name this process's lines go to the system's log; until then it is the executable's, "java". */
    public static void writeAs(String program) {
        byte[] text = CString.of(program);
        Memory name = new Memory(text.length);
        name.write(0, text, 0, text.length);
        NAMES.add(name);
        current = name;
        restore();
    }

    /** Says so once more, since a module may have called openlog(3) for itself. Before the first time it does nothing. */
    public static void restore() {
        Memory name = current;
        if (name != null) {
            LibC.openlog(name, LOG_PID, LOG_AUTHPRIV);
        }
    }
}
