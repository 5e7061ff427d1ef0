package org.x2go.authservice.daemon;

import org.apache.logging.log4j.core.config.plugins.util.PluginRegistry;

/**
 * What log4j may be made of: it reads a list of its 300 parts at its start and loads them one and all, to find out which of
 * them are look-ups. A configuration that an admin has written may name any of them; one that was put together by a program
 * has what it needs, and can do without the wait and the memory.
 */
final class LogPlugins {
    private LogPlugins() {}

    /** None of them. To be called before the first configuration is made, since log4j keeps what it found then. */
    static void none() {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(new Refusal());
        try {
            PluginRegistry.getInstance().loadFromMainClassLoader();
        } finally {
            thread.setContextClassLoader(usual);
        }
    }

    /** Finds the list, and nothing that is in it: log4j goes on without. */
    private static final class Refusal extends ClassLoader {
        Refusal() {
            super(LogPlugins.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            throw new ClassNotFoundException(name);
        }
    }
}
