package org.x2go.authservice.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;
import org.jspecify.annotations.Nullable;

/**
 * One line for each event, whatever is in its message: time with offset from UTC, level, message. Line ends and other
 * control characters are escaped, so that no message can pass as two lines or move a terminal's cursor. In a log4j2
 * configuration it is {@code <LineLayout/>}; it starts faster than log4j's pattern layout, which loads all it could need.
 */
@Plugin(name = "LineLayout", category = Node.CATEGORY, elementType = Layout.ELEMENT_TYPE)
public final class LineLayout extends AbstractStringLayout {
    private static final int USUAL_LENGTH = 200;

    private final ZoneId zone;

    LineLayout(ZoneId zone) {
        super(StandardCharsets.UTF_8);
        this.zone = zone;
    }

    /** Made by log4j2 for an element of its configuration. */
    @PluginFactory
    public static LineLayout create() {
        return new LineLayout(ZoneId.systemDefault());
    }

    @Override
    public String toSerializable(LogEvent event) {
        StringBuilder line = new StringBuilder(USUAL_LENGTH);
        appendTime(line, event.getInstant().getEpochMillisecond());
        line.append(' ').append(event.getLevel().name());
        // The width of the longest usual level, so that messages start in one column.
        line.append(" ".repeat(Math.max(1, 6 - event.getLevel().name().length())));
        appendEscaped(line, event.getMessage().getFormattedMessage());
        appendThrown(line, event.getThrown());
        return line.append('\n').toString();
    }

    private void appendTime(StringBuilder line, long epochMillis) {
        OffsetDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone).toOffsetDateTime();
        digits(line, time.getYear(), 4).append('-');
        digits(line, time.getMonthValue(), 2).append('-');
        digits(line, time.getDayOfMonth(), 2).append('T');
        digits(line, time.getHour(), 2).append(':');
        digits(line, time.getMinute(), 2).append(':');
        digits(line, time.getSecond(), 2).append('.');
        digits(line, time.getNano() / 1_000_000, 3);
        int minutes = time.getOffset().getTotalSeconds() / 60;
        line.append(minutes < 0 ? '-' : '+');
        digits(line, Math.abs(minutes) / 60, 2).append(':');
        digits(line, Math.abs(minutes) % 60, 2);
    }

    private static StringBuilder digits(StringBuilder line, int value, int width) {
        String text = Integer.toString(value);
        return line.append("0".repeat(Math.max(0, width - text.length()))).append(text);
    }

    /** The exception and its causes, with where they were thrown, on the same line. */
    private static void appendThrown(StringBuilder line, @Nullable Throwable thrown) {
        String lead = ": ";
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 10; cause = cause.getCause()) {
            line.append(lead);
            appendEscaped(line, cause.toString());
            for (StackTraceElement frame : cause.getStackTrace()) {
                line.append(" | at ");
                appendEscaped(line, frame.toString());
            }
            lead = " | caused by ";
            depth++;
        }
    }

    private static void appendEscaped(StringBuilder line, @Nullable String text) {
        if (text == null) {
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        line.append("\\u");
                        String hex = Integer.toHexString(c);
                        line.append("0".repeat(4 - hex.length())).append(hex);
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }
}
