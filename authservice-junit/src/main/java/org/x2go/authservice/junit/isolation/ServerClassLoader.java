package org.x2go.authservice.junit.isolation;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * Loads the server and its libraries from a directory inside this jar, so that they meet no other version of Netty, JNA or
 * log4j. Relocated packages would not do: JNA's native library is bound to its package. It sees the JDK, and of everything
 * else only this extension's own types.
 */
final class ServerClassLoader extends ClassLoader {
    private static final String SHARED = "org.x2go.authservice.junit.";

    /** What ties the server to the extension: outside the directory, and yet loaded here. */
    private static final String CONNECTING = SHARED + "server.";

    private static final String DIRECTORY = "META-INF/authservice-server/";

    static {
        registerAsParallelCapable();
    }

    /** One for the JVM, since each would load the native libraries anew. */
    static final IsolatedServer SERVER = new ServerClassLoader().server();

    private final ClassLoader tests = ServerClassLoader.class.getClassLoader();
    private final String directory;

    private ServerClassLoader() {
        super("authservice-server", getPlatformClassLoader());
        // Where this project's classes are not packed into jars, they lie beside each other.
        boolean packed = tests.getResource(DIRECTORY + "io/netty/channel/Channel.class") != null;
        directory = packed ? DIRECTORY : "";
    }

    private IsolatedServer server() {
        try {
            return (IsolatedServer) loadClass(CONNECTING + "EmbeddedServer")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The server in authservice-junit's jar cannot be loaded", e);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        boolean connecting = name.startsWith(CONNECTING);
        if (name.startsWith(SHARED) && !connecting) {
            return tests.loadClass(name);
        }
        String file = name.replace('.', '/') + ".class";
        try (InputStream in = tests.getResourceAsStream(connecting ? file : directory + file)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = in.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return tests.getResource(directory + name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        return tests.getResources(directory + name);
    }
}
