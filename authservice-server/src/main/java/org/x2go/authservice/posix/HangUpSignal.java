package org.x2go.authservice.posix;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, which by default has the JVM run its shutdown hooks. The JDK's only way to do something else is {@code
 * sun.misc.Signal}, for which the compiler has a warning that cannot be switched off: hence by reflection.
 */
public final class HangUpSignal {
    private HangUpSignal() {}

    /**
     * Has something done at each SIGHUP, in a thread of its own, in place of the end of the process. Programs that this process
     * starts have the signal's default effect.
     */
    public static void handle(Runnable action) {
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
}
