package org.x2go.authservice.testsupport;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;

/**
 * Fails every class of tests that leaves buffers unreleased. JUnit finds it by itself (junit-platform.properties), so that
 * no test can forget it.
 */
public final class BufferLeakExtension implements AfterAllCallback {
    static {
        BufferLeaks.watch();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> leaks = BufferLeaks.take();
        if (!leaks.isEmpty()) {
            throw new AssertionFailedError(leaks.size() + " buffers were not released by " + context.getDisplayName()
                    + " or before it:\n" + String.join("\n", leaks));
        }
    }
}
