package org.x2go.authservice.pam;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of a file of rules, cut into lines as libpam does (_pam_assemble_line, since 1.6 _pam_line_assemble).
 *
 * <p>Where the versions of libpam differ, so that one of them may see no rule at all, the text is {@link #ambiguity ambiguous}.
 */
final class RuleText {
    /** Up to 1.5 libpam takes the rest of a longer line, even of a comment, for another line. With the newline. */
    private static final int MAX_LINE_BYTES = 1023;

    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

    private final List<RuleLine> lines = new ArrayList<>();
    private final boolean byteOrderMark;

    private Optional<String> ambiguity = Optional.empty();
    private int carriageReturn;
    private int longLine;
    private int lastLine;
    private boolean complete;

    RuleText(byte[] bytes) {
        // A char for each byte: libpam knows no encoding either.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        this.byteOrderMark = text.startsWith(BYTE_ORDER_MARK);
        if (text.indexOf('\0') >= 0) {
            ambiguity = Optional.of("holds a NUL byte: it is damaged, write it anew");
        }
        cut(text);
    }

    private void cut(String text) {
        StringBuilder begun = new StringBuilder();
        int begunBytes = 0;
        int first = 0;
        for (int start = 0; start < text.length(); ) {
            int newline = text.indexOf('\n', start);
            // With the newline, which belongs to a word in brackets that is not closed.
            String line = text.substring(start, newline < 0 ? text.length() : newline + 1);
            start += line.length();
            lastLine++;
            carriageReturn = carriageReturn == 0 && line.endsWith("\r\n") ? lastLine : carriageReturn;
            longLine = longLine == 0 && begunBytes + line.length() > MAX_LINE_BYTES ? lastLine : longLine;
            int comment = line.indexOf('#');
            if (begunBytes + (comment < 0 ? line.length() : comment) > MAX_LINE_BYTES && ambiguity.isEmpty()) {
                ambiguity = Optional.of("line " + lastLine + " has more than " + (MAX_LINE_BYTES - 1)
                        + " bytes before any comment, which PAM before 1.6 cuts in two: make it shorter");
            }
            String words = withoutLeadingBlanks(comment < 0 ? line : line.substring(0, comment));
            if (words.isEmpty()) {
                if (first > 0 && ambiguity.isEmpty()) {
                    ambiguity = Optional.of("line " + lastLine + " has no words, but the line before it ends in a"
                            + " backslash, which versions of PAM read in different ways: take the backslash out");
                }
                continue;
            }
            first = first == 0 ? lastLine : first;
            int backslash = comment < 0 ? lastBackslash(words) : -1;
            if (backslash < 0) {
                lines.add(new RuleLine(first, begun.append(words).toString()));
                begun.setLength(0);
                begunBytes = 0;
                first = 0;
            } else {
                begun.append(words, 0, backslash).append(' ');
                begunBytes += line.length() - words.length() + backslash + 1;
            }
        }
        complete = first == 0;
    }

    private static String withoutLeadingBlanks(String text) {
        int start = 0;
        while (start < text.length() && RuleLine.isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** Where the backslash is by which a line goes on in the next one, only blanks behind it; -1 if it ends. */
    private static int lastBackslash(String words) {
        int last = words.length() - 1;
        while (last > 0 && RuleLine.isBlank(words.charAt(last))) {
            last--;
        }
        return words.charAt(last) == '\\' ? last : -1;
    }

    /** Those with words. */
    List<RuleLine> lines() {
        return lines;
    }

    /** Whether the last line ends; if it goes on behind the end of the file, libpam gives up. */
    boolean isComplete() {
        return complete;
    }

    /** Why it cannot be told what libpam makes of this. */
    Optional<String> ambiguity() {
        return ambiguity;
    }

    int lastLine() {
        return lastLine;
    }

    /**
     * What is wrong with it as a whole.
     *
     * @param counts whether logins go by it
     */
    List<Finding> findings(Path file, boolean counts) {
        List<Finding> findings = new ArrayList<>();
        if (byteOrderMark) {
            findings.add(Finding.at(
                    file,
                    1,
                    counts,
                    "begins with the mark of a UTF-8 text (BOM), which PAM takes for a"
                            + " part of the first word: take it out"));
        }
        if (carriageReturn > 0) {
            findings.add(Finding.at(
                    file,
                    carriageReturn,
                    counts,
                    "ends as Windows has it, with a carriage return, which"
                            + " PAM takes for a part of the last word: convert the file, as with dos2unix"));
        }
        if (longLine > 0) {
            findings.add(
                    Finding.at(
                            file,
                            longLine,
                            counts,
                            "has more than " + (MAX_LINE_BYTES - 1) + " bytes, of"
                                    + " which PAM before 1.6 takes the rest for another line, even of a comment: make it shorter"));
        }
        return findings;
    }
}
