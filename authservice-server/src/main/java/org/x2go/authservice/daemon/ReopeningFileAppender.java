package org.x2go.authservice.daemon;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginElement;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.jspecify.annotations.Nullable;
import org.x2go.authservice.posix.AppendOnlyFile;

/**
 * Appends to a file that may be rotated under it. Before it writes it looks whether its file still is the one at the path,
 * and makes a new one if it was renamed or removed: no signal, no restart. A file that was emptied in place goes on at its
 * beginning. Links are never followed ({@link AppendOnlyFile}).
 *
 * <p>In a log4j2 configuration it is {@code <ReopeningFile name="…" fileName="…">}, with a layout inside; without one it
 * writes lines as {@link LineLayout} makes them.
 */
@Plugin(name = "ReopeningFile", category = Node.CATEGORY, elementType = Appender.ELEMENT_TYPE, printObject = true)
public final class ReopeningFileAppender extends AbstractAppender {
    private static final int PERMISSIONS = 0640;
    private static final int BATCH_BYTES = 32 * 1024;

    private final Path path;
    private final boolean batching;
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private FileOutputStream stream;
    private Object identity;

    private ReopeningFileAppender(
            String name, Path path, boolean batching, AppendOnlyFile file, @Nullable Filter filter, Layout<?> layout)
            throws IOException {
        super(name, filter, layout, true, Property.EMPTY_ARRAY);
        this.path = path;
        this.batching = batching;
        this.stream = file.stream();
        this.identity = file.identity();
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
        if (fileName == null) {
            throw new IOException("a ReopeningFile needs a fileName");
        }
        return open(name, Path.of(fileName), false, filter, layout == null ? LineLayout.create() : layout);
    }

    /**
     * One that writes lines together, behind a queue that marks the last of those it has
     * ({@link LogEvent#isEndOfBatch}).
     *
     * @throws IOException if the file cannot be opened
     */
    static ReopeningFileAppender batching(String name, Path path) throws IOException {
        return open(name, path, true, null, LineLayout.create());
    }

    private static ReopeningFileAppender open(
            String name, Path path, boolean batching, @Nullable Filter filter, Layout<?> layout) throws IOException {
        Path absolute = path.toAbsolutePath();
        try (AppendOnlyFile file = AppendOnlyFile.open(absolute, PERMISSIONS)) {
            return new ReopeningFileAppender(name, absolute, batching, file, filter, layout);
        }
    }

    /** Writes the event; when batching, together with those that are about to follow. */
    @Override
    public synchronized void append(LogEvent event) {
        byte[] line = getLayout().toByteArray(event);
        batch.write(line, 0, line.length);
        if (!batching || event.isEndOfBatch() || batch.size() >= BATCH_BYTES) {
            write(event);
        }
    }

    private void write(@Nullable LogEvent last) {
        if (wasMoved()) {
            reopen();
        }
        try {
            // In one write, so that the lines of processes that append to the same file do not mix.
            batch.writeTo(stream);
        } catch (IOException e) {
            error("cannot write to " + path, last, e);
        }
        batch.reset();
    }

    private boolean wasMoved() {
        try {
            Object now = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
            return !identity.equals(now);
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            error("cannot look at " + path, e);
            return false;
        }
    }

    /** If it fails, what was opened before is kept: a line in a file that was renamed is better than none. */
    private void reopen() {
        try (AppendOnlyFile file = AppendOnlyFile.open(path, PERMISSIONS)) {
            FileOutputStream opened = file.stream();
            FileOutputStream before = stream;
            stream = opened;
            identity = file.identity();
            before.close();
        } catch (IOException e) {
            error("cannot open the log anew, it goes on in the file that was renamed or removed", e);
        }
    }

    @Override
    public synchronized boolean stop(long timeout, TimeUnit unit) {
        boolean stopped = super.stop(timeout, unit);
        if (batch.size() > 0) {
            write(null);
        }
        try {
            stream.close();
        } catch (IOException e) {
            error("cannot close " + path, e);
        }
        return stopped;
    }
}
