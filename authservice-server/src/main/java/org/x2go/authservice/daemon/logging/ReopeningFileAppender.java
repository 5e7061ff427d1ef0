package org.x2go.authservice.daemon.logging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.AppenderLoggingException;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginElement;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.AppendOnlyFile;

/**
 * Appends to a file that may be rotated. Before each write it checks whether its file is still at the path, and
 * creates a new one if it was renamed or removed. A truncated file is written from its beginning. It never follows
 * links ({@link AppendOnlyFile}), unlike log4j's appenders: root writes into a directory that may belong to another
 * user.
 *
 * <p>In a log4j2 configuration it is {@code <ReopeningFile name="…" fileName="…">}, with a layout inside.
 */
@Plugin(name = "ReopeningFile", category = Node.CATEGORY, elementType = Appender.ELEMENT_TYPE, printObject = true)
public final class ReopeningFileAppender extends AbstractAppender {
    private static final int PERMISSIONS = 0640;

    private final Path path;
    private AppendOnlyFile file;

    private ReopeningFileAppender(
            String name, Path path, AppendOnlyFile file, @Nullable Filter filter, Layout<?> layout) {
        super(name, filter, layout, true, Property.EMPTY_ARRAY);
        this.path = path;
        this.file = file;
    }

    /**
     * Made by log4j2 for an element of its configuration.
     *
     * @throws IOException if the file cannot be opened
     */
    @PluginFactory
    public static ReopeningFileAppender create(
            @PluginAttribute("name") String name,
            @PluginAttribute("fileName") @Nullable String fileName,
            @PluginElement("Filter") @Nullable Filter filter,
            @PluginElement("Layout") @Nullable Layout<?> layout)
            throws IOException {
        if (fileName == null || layout == null) {
            throw new IOException("a ReopeningFile needs a fileName and a layout");
        }
        Path path = Path.of(fileName).toAbsolutePath();
        return new ReopeningFileAppender(name, path, open(path), filter, layout);
    }

    /** Opens a log, and creates it if it is missing. */
    static AppendOnlyFile open(Path path) throws IOException {
        return AppendOnlyFile.open(path, PERMISSIONS);
    }

    /**
     * Writes the event in one piece, so that the lines of processes that append to the same file do not mix.
     *
     * @throws AppenderLoggingException if it could not be written, or not all of it
     */
    @Override
    public synchronized void append(LogEvent event) {
        if (wasMoved()) {
            reopen();
        }
        try {
            file.appendLine(getLayout().toByteArray(event));
        } catch (IOException e) {
            throw new AppenderLoggingException(e.getMessage(), e);
        }
    }

    private boolean wasMoved() {
        try {
            return !file.isAtItsPath();
        } catch (IOException e) {
            error("cannot examine " + path, e);
            return false;
        }
    }

    /** If this fails, the old file stays open: a line in a renamed file is better than none. */
    private void reopen() {
        try {
            AppendOnlyFile opened = open(path);
            file.close();
            file = opened;
        } catch (IOException e) {
            error("cannot reopen the log; it continues in the renamed or removed file", e);
        }
    }

    @Override
    public synchronized boolean stop(long timeout, TimeUnit unit) {
        boolean stopped = super.stop(timeout, unit);
        file.close();
        return stopped;
    }
}
