package org.x2go.authservice.posix;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Calls of a daemon on its own process that the JDK lacks. */
public final class ProcessControl {
    private ProcessControl() {}

    /**
     * Starts a session (setsid(2)), so that the terminal's signals no longer reach this process.
     *
     * @throws IOException if this process leads a process group, as one that a shell started does
     */
    public static void startSession() throws IOException {
        Errno.check("start a session of its own", LibC::setsid);
    }

    /**
     * Changes the working directory (chdir(2)). The JVM does not notice: paths must be absolute from here on.
     */
    public static void changeDirectory(String directory) throws IOException {
        Errno.check("change to the directory " + directory, () -> LibC.chdir(CString.of(directory)));
    }

    /**
     * Gives SIGINT and SIGTERM their default effect again, to end the process at once. The JVM, which has caught the
     * first one to run its shutdown hooks, would ignore the next ones while a hook runs.
     */
    public static void letSignalsEndTheProcess() {
        // It cannot fail for these two.
        LibC.signal(LibC.SIGINT, Pointer.NULL);
        LibC.signal(LibC.SIGTERM, Pointer.NULL);
    }

    /**
     * Runs an action in its own thread at each SIGHUP, instead of exiting. Child processes keep the signal's default
     * effect. The JDK's only way is {@code sun.misc.Signal}, used by reflection because the compiler's warning about
     * it cannot be switched off.
     */
    public static void onHangUp(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> {
                action.run();
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("HUP"),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, call));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no " + e.getMessage(), e);
        }
    }

    /**
     * Sets the umask so that others cannot read new files and the group cannot write to them: a JVM without the
     * launcher's options writes parts of its memory to a file when it crashes.
     */
    public static void keepNewFilesFromOthers() {
        LibC.umask(LibC.umask(077) | 027);
    }

    /** This process's number now (getpid(2)): after a fork(2) by native code, what the JDK knows is its parent's. */
    public static int pid() {
        return LibC.getpid();
    }

    /**
     * Exits at once (_exit(2)), without shutdown hooks of the JVM or handlers of native libraries (atexit(3)).
     */
    public static void exit(int status) {
        LibC._exit(status);
    }
}
