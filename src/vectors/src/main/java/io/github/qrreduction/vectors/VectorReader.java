package io.github.qrreduction.vectors;

import java.io.IOException;

/** One pass over a file of vectors. */
interface VectorReader {
    /** How many there are, or -1 where the file does not say. */
    long size();

    int dimension();

    boolean named();

    /** A new array, or null at the end. */
    float[] next() throws IOException;

    /** Of the last vector; null where there are no names. */
    String name();
}
