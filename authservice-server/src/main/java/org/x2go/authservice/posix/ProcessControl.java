package org.x2go.authservice.posix;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** What a daemon does to its own process, and the JDK has no call for. */
public final class ProcessControl {
    private ProcessControl() {}

    /**
     * Leaves the terminal's session and its process group, whose signals then no longer reach this process (setsid(2)).
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
     * Gives SIGINT and SIGTERM their default effect again, to end the process at once. The JVM, which has caught the first
     * one to run its shutdown hooks, would ignore the next ones while a hook runs.
     */
    public static void letSignalsEndTheProcess() {
        // It cannot fail for these two.
        LibC.signal(LibC.SIGINT, Pointer.NULL);
        LibC.signal(LibC.SIGTERM, Pointer.NULL);
    }

    /**
     * Has something done at each SIGHUP, in a thread of its own, in place of the end of the process. Programs that this process
     * starts have the signal's default effect. The JDK's only way is {@code sun.misc.Signal}, for which the compiler has a
     * warning that cannot be switched off: hence by reflection.
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
     * From here on files that this process makes are not readable by others, nor writable by its group, unless their mode is set
     * explicitly: a JVM that was started without the launcher's options writes its memory's stack to one when it crashes.
     */
    public static void keepNewFilesFromOthers() {
        LibC.umask(LibC.umask(077) | 027);
    }

    /** This process's number now (getpid(2)): after a fork(2) by native code, what the JDK knows is its parent's. */
    public static int pid() {
        return LibC.getpid();
    }

    /** Ends this process at once (_exit(2)): neither the JVM nor the handlers of native libraries (atexit(3)) have a say. */
    public static void exit(int status) {
        LibC._exit(status);
    }
}
