package org.x2go.authservice.daemon;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.function.Supplier;
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

    /** A second's text, which the lines of one second share. */
    private record Second(long epochSecond, String time, String offset) {}

    /** Asked for with each second's first line, and not at the start: who looks for it first reads all zones of the world. */
    private final Supplier<ZoneId> zone;

    private volatile @Nullable Second lastSecond;

    LineLayout(Supplier<ZoneId> zone) {
        super(StandardCharsets.UTF_8);
        this.zone = zone;
    }

    /** Made by log4j2 for an element of its configuration. */
    @PluginFactory
    public static LineLayout create() {
        return new LineLayout(ZoneId::systemDefault);
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
        long epochSecond = Math.floorDiv(epochMillis, 1000L);
        Second second = lastSecond;
        if (second == null || second.epochSecond != epochSecond) {
            second = second(epochSecond);
            lastSecond = second;
        }
        line.append(second.time).append('.');
        digits(line, Math.floorMod(epochMillis, 1000), 3).append(second.offset);
    }

    private Second second(long epochSecond) {
        OffsetDateTime time =
                Instant.ofEpochSecond(epochSecond).atZone(zone.get()).toOffsetDateTime();
        StringBuilder text = new StringBuilder();
        digits(text, time.getYear(), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2).append('T');
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        digits(text, time.getSecond(), 2);
        StringBuilder offset = new StringBuilder();
        int minutes = time.getOffset().getTotalSeconds() / 60;
        offset.append(minutes < 0 ? '-' : '+');
        digits(offset, Math.abs(minutes) / 60, 2).append(':');
        digits(offset, Math.abs(minutes) % 60, 2);
        return new Second(epochSecond, text.toString(), offset.toString());
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
