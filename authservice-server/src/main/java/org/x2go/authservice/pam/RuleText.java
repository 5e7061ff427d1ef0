package org.x2go.authservice.pam;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of a file of rules, cut into lines as libpam does (_pam_assemble_line, since 1.6 _pam_line_assemble).
 *
 * <p>Where the versions of libpam differ, so that one of them may see no rule at all, the text is {@link #ambiguity
 * ambiguous}.
 */
final class RuleText {
    /** Including the newline. Up to 1.5 libpam reads the rest of a longer line, even of a comment, as another line. */
    private static final int MAX_LINE_BYTES = 1023;

    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    private final List<RuleLine> lines = new ArrayList<>();
    private final boolean byteOrderMark;

    private Optional<String> ambiguity = Optional.empty();
    private int carriageReturnLine;
    private int firstLongLine;
    private int lastLine;
    private boolean complete;

    RuleText(byte[] bytes) {
        // One char for each byte, since libpam knows no encoding.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        this.byteOrderMark = text.startsWith(BYTE_ORDER_MARK);
        if (text.indexOf('\0') >= 0) {
            ambiguity = Optional.of("contains a NUL byte, so it is damaged: write it again");
        }
        cut(text);
    }

    private void cut(String text) {
        StringBuilder continued = new StringBuilder();
        int continuedBytes = 0;
        int firstLine = 0;
        for (int start = 0; start < text.length(); ) {
            int newline = text.indexOf('\n', start);
            // Keeps the newline: if a bracket is not closed on this line, libpam takes the newline into the word.
            String line = text.substring(start, newline < 0 ? text.length() : newline + 1);
            start += line.length();
            lastLine++;
            carriageReturnLine = carriageReturnLine == 0 && line.endsWith("\r\n") ? lastLine : carriageReturnLine;
            firstLongLine =
                    firstLongLine == 0 && continuedBytes + line.length() > MAX_LINE_BYTES ? lastLine : firstLongLine;
            int comment = line.indexOf('#');
            if (continuedBytes + (comment < 0 ? line.length() : comment) > MAX_LINE_BYTES && ambiguity.isEmpty()) {
                ambiguity = Optional.of("line " + lastLine + " has more than " + (MAX_LINE_BYTES - 1)
                        + " bytes before any comment, which PAM before 1.6 cuts in two: make it shorter");
            }
            String words = withoutLeadingBlanks(comment < 0 ? line : line.substring(0, comment));
            if (words.isEmpty()) {
                if (firstLine > 0 && ambiguity.isEmpty()) {
                    ambiguity = Optional.of("line " + lastLine
                            + " is blank, but the line before it ends in a backslash, which versions of PAM read in"
                            + " different ways: remove the backslash");
                }
                continue;
            }
            firstLine = firstLine == 0 ? lastLine : firstLine;
            int backslash = comment < 0 ? lastBackslash(words) : -1;
            if (backslash < 0) {
                lines.add(new RuleLine(firstLine, continued.append(words).toString()));
                continued.setLength(0);
                continuedBytes = 0;
                firstLine = 0;
            } else {
                continued.append(words, 0, backslash).append(' ');
                continuedBytes += line.length() - words.length() + backslash + 1;
            }
        }
        complete = firstLine == 0;
    }

    private static String withoutLeadingBlanks(String text) {
        int start = 0;
        while (start < text.length() && RuleLine.isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** The index of a backslash that continues the line, which only blanks may follow; -1 if there is none. */
    private static int lastBackslash(String words) {
        int last = words.length() - 1;
        while (last > 0 && RuleLine.isBlank(words.charAt(last))) {
            last--;
        }
        return words.charAt(last) == '\\' ? last : -1;
    }

    /** The lines that have words. */
    List<RuleLine> lines() {
        return lines;
    }

    /** Whether the last line is complete; if it is continued beyond the end of the file, libpam stops. */
    boolean isComplete() {
        return complete;
    }

    /** Why versions of libpam read this text differently, if they do. */
    Optional<String> ambiguity() {
        return ambiguity;
    }

    int lastLine() {
        return lastLine;
    }

    /**
     * Findings about the text as a whole.
     *
     * @param usedByLogins whether logins use it
     */
    List<Finding> findings(Path file, boolean usedByLogins) {
        List<Finding> findings = new ArrayList<>();
        if (byteOrderMark) {
            findings.add(Finding.at(
                    file,
                    1,
                    usedByLogins,
                    "begins with a byte order mark (BOM), which PAM reads as part of the first word: remove it"));
        }
        if (carriageReturnLine > 0) {
            findings.add(Finding.at(
                    file,
                    carriageReturnLine,
                    usedByLogins,
                    "ends with a carriage return (as on Windows), which PAM reads as part of the last word:"
                            + " convert the file, for example with dos2unix"));
        }
        if (firstLongLine > 0) {
            findings.add(
                    Finding.at(
                            file,
                            firstLongLine,
                            usedByLogins,
                            "has more than " + (MAX_LINE_BYTES - 1)
                                    + " bytes; PAM before 1.6 reads the rest as another line, even in a comment: make it shorter"));
        }
        return findings;
    }
}
