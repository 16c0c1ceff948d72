package io.github.qrreduction.spark;

import java.util.Locale;

/** What becomes of a row whose vector is null, of another size, or has entries that are NaN or infinite. */
enum HandleInvalid {
    /** An exception that names row and column. */
    ERROR,
    /** The row is left out. */
    SKIP,
    /** The row stays, with a vector of NaN. */
    KEEP;

    /** What the message of ERROR ends with. */
    static final String ADVICE = "; setHandleInvalid(\"skip\") leaves such rows out";

    /** Spark ML's words, in lower case. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static HandleInvalid of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    static String[] words() {
        return new String[] {ERROR.word(), SKIP.word(), KEEP.word()};
    }
}
