package org.x2go.authservice.posix;

import com.sun.jna.Memory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The system's log (syslog(3)), to which PAM modules write. */
public final class SystemLog {
    private static final int LOG_PID = 1;
    private static final int LOG_AUTHPRIV = 10 << 3;

    /**
     * The C library keeps a pointer to the name (openlog(3)), so names are never freed.
     */
    private static final Queue<Memory> NAMES = new ConcurrentLinkedQueue<>();

    private static volatile @Nullable Memory current;

    private SystemLog() {}

    /** Sets the program name of this process in the system's log; the default is that of the executable, "java". */
    public static void setProgramName(String program) {
        byte[] text = CString.of(program);
        Memory name = new Memory(text.length);
        name.write(0, text, 0, text.length);
        NAMES.add(name);
        current = name;
        restore();
    }

    /**
     * Sets the name again, since a module may have called openlog(3). Without an earlier {@link #setProgramName} it does
     * nothing.
     */
    public static void restore() {
        Memory name = current;
        if (name != null) {
            LibC.openlog(name, LOG_PID, LOG_AUTHPRIV);
        }
    }
}
