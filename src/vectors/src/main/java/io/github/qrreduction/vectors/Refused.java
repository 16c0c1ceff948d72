package io.github.qrreduction.vectors;

import java.util.regex.Pattern;

/**
 * Why content is refused, still without the file's name, which whoever knows it adds. One line of printable characters:
 * names from a file may hold line breaks, which would fake another line of a log, and a terminal's escape sequences.
 */
final class Refused extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    /** Control and format characters, and separators of lines and paragraphs. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    Refused(String reason) {
        super(UNPRINTABLE.matcher(reason).replaceAll("?"));
    }

    /** The same reason, with the place before it. */
    Refused at(Object place) {
        Refused r = new Refused(place + ": " + getMessage());
        r.initCause(this);
        return r;
    }
}
