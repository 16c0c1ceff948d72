package io.github.qrreduction.cli;

import io.github.qrreduction.vectors.Reduction;
import io.github.qrreduction.vectors.VectorFile;
import io.github.qrreduction.vectors.VectorWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Vectors with names, in files and out of them.
 *
 * @param rows the vectors
 * @param names null where there are none
 */
record Vectors(float[][] rows, List<String> names) {

    static Vectors random(int count, int dimension) {
        Random random = new Random(1);
        float[][] rows = new float[count][dimension];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < dimension; j++) {
                rows[i][j] = (float) random.nextGaussian();
            }
            names.add("word" + i);
        }
        return new Vectors(rows, names);
    }

    /** The first components are kept, the last one is doubled: easy to tell from a wrong one. */
    static Reduction reduction(int nIn, int nOut) {
        float[][] matrix = new float[nOut][nIn];
        for (int j = 0; j < nOut; j++) {
            matrix[j][j] = j == nOut - 1 ? 2 : 1;
        }
        return Reduction.of(matrix, null, null);
    }

    Vectors unnamed() {
        return new Vectors(rows, null);
    }

    Path save(Path file) throws IOException {
        try (VectorWriter writer = VectorWriter.create(file, rows[0].length)) {
            for (int i = 0; i < rows.length; i++) {
                writer.write(names == null || !writer.holdsNames() ? null : names.get(i), rows[i]);
            }
            writer.finish();
        }
        return file;
    }

    static Vectors load(Path file) throws IOException {
        List<float[]> rows = new ArrayList<>();
        List<String> names = new ArrayList<>();
        try (VectorFile in = VectorFile.open(file)) {
            for (float[] row : in) {
                rows.add(row);
                names.add(in.name());
            }
            return new Vectors(rows.toArray(new float[0][]), in.hasNames() ? names : null);
        }
    }
}
