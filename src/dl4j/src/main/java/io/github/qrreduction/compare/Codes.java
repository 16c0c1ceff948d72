package io.github.qrreduction.compare;

/** What becomes of reduced vectors in a {@link Storage}, as numbers to compute with. */
final class Codes {
    private static final int LARGEST = 127;

    private Codes() {}

    /** The signs, as -1 and 1; 0 counts as positive. */
    static float[][] signs(float[][] rows) {
        return each(rows, (row, r) -> {
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] < 0 ? -1 : 1;
            }
        });
    }

    /** Whole numbers from -127 to 127 with one scale for all, which the vectors of the fit give. */
    static float[][] bytes(float[][] rows, float[][] fitted) {
        double largest = 0;
        for (float[] row : fitted) {
            double scale = NearestRows.scale(row);
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value) * scale);
            }
        }
        double steps = largest == 0 ? 0 : LARGEST / largest;
        return each(rows, (row, scale) -> {
            for (int i = 0; i < row.length; i++) {
                double step = Math.rint(row[i] * scale * steps);
                row[i] = (float) Math.max(-LARGEST, Math.min(LARGEST, step));
            }
        });
    }

    private interface Change {
        void apply(float[] row, double scale);
    }

    private static float[][] each(float[][] rows, Change change) {
        float[][] changed = new float[rows.length][];
        for (int r = 0; r < rows.length; r++) {
            changed[r] = rows[r].clone();
            change.apply(changed[r], NearestRows.scale(rows[r]));
        }
        return changed;
    }
}
