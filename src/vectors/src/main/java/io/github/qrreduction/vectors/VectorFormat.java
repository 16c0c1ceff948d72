package io.github.qrreduction.vectors;

import java.nio.file.Path;
import java.util.Locale;

/** The formats of vectors, by the ending of a file's name. */
enum VectorFormat {
    NPY,
    FVECS,
    CSV,
    TSV,
    VEC,
    TXT;

    /** Far beyond any vector; what a damaged file claims above it is not allocated. */
    static final int MAX_DIMENSION = 1 << 24;

    private static final String ENDINGS = ".npy, .fvecs, .csv, .tsv, .vec or .txt";

    String ending() {
        return "." + name().toLowerCase(Locale.ROOT);
    }

    boolean holdsNames() {
        return this != NPY && this != FVECS;
    }

    static VectorFormat of(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        for (VectorFormat format : values()) {
            if (name.endsWith(format.ending())) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                path + ": expected a file name that ends in " + ENDINGS + ", got " + path.getFileName());
    }

    static VectorFormat of(String name) {
        for (VectorFormat format : values()) {
            if (format.name().equalsIgnoreCase(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException("expected format npy, fvecs, csv, tsv, vec or txt, got " + name);
    }
}
