package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.PrincipalComponents;
import io.github.qrreduction.internal.nd4j.Workspaces;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Held-out vectors in the plane, before and after a reduction, with their nearest neighbours. Made by
 * {@link Comparison#map}. Immutable.
 *
 * <p>Vectors are brought to unit length, since neighbours are by cosine, and projected on their two principal axes. The
 * map after the reduction is turned and mirrored so that its points come as near to those of the map before as they can
 * (orthogonal Procrustes, Schönemann 1966): what differs is due to the reduction.
 */
public final class VectorMap {
    private final int[] rows;
    private final double[][] before;
    private final double[][] after;
    private final int[][] nearestBefore;
    private final int[][] nearestAfter;

    private VectorMap(int[] rows, float[][] original, float[][] reduced) {
        this.rows = rows;
        this.before = plane(original);
        this.after = turned(plane(reduced), before);
        int k = Math.min(ComparisonSetup.NEIGHBOURS, rows.length - 1);
        this.nearestBefore = new NearestRows(original, original).nearest(k);
        this.nearestAfter = new NearestRows(reduced, reduced).nearest(k);
    }

    static VectorMap of(VectorSample sample, int[] rows, Components components) {
        float[][] original =
                Arrays.stream(rows).mapToObj(r -> sample.vectors()[r]).toArray(float[][]::new);
        float[][] reduced = Workspaces.outside(
                () -> components.transform(Nd4j.createFromArray(original)).toFloatMatrix());
        return new VectorMap(rows.clone(), original, reduced);
    }

    private static double[][] plane(float[][] vectors) {
        float[][] unit = NearestRows.unit(vectors);
        return Workspaces.outside(() -> {
            INDArray data = Nd4j.createFromArray(unit);
            int axes = Math.min(2, data.columns());
            double[][] scores =
                    PrincipalComponents.fit(data, axes).transform(data).toDoubleMatrix();
            return Arrays.stream(scores).map(s -> Arrays.copyOf(s, 2)).toArray(double[][]::new);
        });
    }

    /** For 2 x 2 matrices in closed form: of the best rotation and the best reflection, the better one. */
    private static double[][] turned(double[][] points, double[][] to) {
        double xx = 0;
        double xy = 0;
        double yx = 0;
        double yy = 0;
        for (int i = 0; i < points.length; i++) {
            xx += points[i][0] * to[i][0];
            xy += points[i][0] * to[i][1];
            yx += points[i][1] * to[i][0];
            yy += points[i][1] * to[i][1];
        }
        boolean mirror = Math.hypot(xx - yy, xy + yx) > Math.hypot(xx + yy, xy - yx);
        double angle = mirror ? Math.atan2(xy + yx, xx - yy) : Math.atan2(xy - yx, xx + yy);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double side = mirror ? -1 : 1;
        return Arrays.stream(points)
                .map(p -> new double[] {cos * p[0] - side * sin * p[1], sin * p[0] + side * cos * p[1]})
                .toArray(double[][]::new);
    }

    /**
     * The number of points.
     *
     * @return at least 2
     */
    public int size() {
        return rows.length;
    }

    /**
     * Which vector a point is.
     *
     * @param i the point
     * @return its index in {@link Comparison#sample()}
     */
    public int row(int i) {
        return rows[i];
    }

    /**
     * Where a point is before the reduction.
     *
     * @param i the point
     * @return x and y; a copy
     */
    public double[] before(int i) {
        return before[i].clone();
    }

    /**
     * Where a point is after the reduction.
     *
     * @param i the point
     * @return x and y; a copy
     */
    public double[] after(int i) {
        return after[i].clone();
    }

    /**
     * The nearest points by the full vectors.
     *
     * @param i the point
     * @return ten points, or all others where they are fewer, nearest first; a copy
     */
    public int[] nearestBefore(int i) {
        return nearestBefore[i].clone();
    }

    /**
     * The nearest points by the reduced vectors.
     *
     * @param i the point
     * @return as {@link #nearestBefore}
     */
    public int[] nearestAfter(int i) {
        return nearestAfter[i].clone();
    }
}
