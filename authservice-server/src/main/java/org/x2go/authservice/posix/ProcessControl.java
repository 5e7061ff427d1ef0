package org.x2go.authservice.posix;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a daemon does to its own process, and the JDK has no call for. */
public final class ProcessControl {
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private ProcessControl() {}

    /**
     * Leaves the terminal's session and its process group, whose signals then no longer reach this process (setsid(2)).
     *
     * @throws IOException if this process leads a process group, as one that a shell started does
     */
    public static void startSession() throws IOException {
        invoke("setsid", "start a session of its own");
    }

    /**
     * Changes the working directory (chdir(2)). The JVM does not notice: paths must be absolute from here on.
     */
    public static void changeDirectory(String directory) throws IOException {
        byte[] bytes = directory.getBytes(StandardCharsets.UTF_8);
        invoke("chdir", "change to the directory " + directory, (Object) Arrays.copyOf(bytes, bytes.length + 1));
    }

    /**
     * Gives SIGINT and SIGTERM their default effect again, to end the process at once. The JVM, which has caught the first
     * one to run its shutdown hooks, would ignore the next ones while a hook runs.
     */
    public static void letSignalsEndTheProcess() {
        // Its result is the handler before; it cannot fail for these two.
        Function signal = NativeLibrary.getInstance("c").getFunction("signal");
        signal.invokePointer(new Object[] {SIGINT, Pointer.NULL});
        signal.invokePointer(new Object[] {SIGTERM, Pointer.NULL});
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

    static String errorText(LastErrorException error) {
        return NativeLibrary.getInstance("c")
                .getFunction("strerror")
                .invokeString(new Object[] {error.getErrorCode()}, false);
    }

    private static void invoke(String name, String what, Object... arguments) throws IOException {
        try {
            NativeLibrary.getInstance("c")
                    .getFunction(name, Function.THROW_LAST_ERROR)
                    .invokeInt(arguments);
        } catch (LastErrorException e) {
            throw new IOException("cannot " + what + ": " + errorText(e), e);
        }
    }
}
