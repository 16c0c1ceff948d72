package io.github.qrreduction.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A matrix whose rows are scaled to length one; rows too short to have a direction become zero. */
final class UnitRows {

    private static final double SHORTEST = 1e-12;

    private final INDArray unit;
    private final INDArray inverseLengths;

    UnitRows(INDArray rows) {
        INDArray lengths = rows.norm2(true, 1);
        INDArray scaled = rows;
        INDArray scale = null;
        if (Double.isInfinite(lengths.maxNumber().doubleValue())) {
            // Squares overflow long before lengths do. Rows below 1 stay as they are: short ones are still short.
            scale = Transforms.abs(rows, true).max(true, 1);
            BooleanIndexing.replaceWhere(scale, 1, Conditions.lessThan(1));
            scaled = rows.div(scale);
            lengths = scaled.norm2(true, 1);
        }
        // 1 / infinity is 0.
        BooleanIndexing.replaceWhere(lengths, Double.POSITIVE_INFINITY, Conditions.lessThan(SHORTEST));
        INDArray inverse = lengths.rdivi(1);
        unit = Nd4j.createUninitialized(rows.dataType(), rows.shape(), 'c');
        unit.assign(scaled).muli(inverse);
        inverseLengths = scale == null ? inverse : inverse.div(scale);
    }

    INDArray unit() {
        return unit;
    }

    /** Turns the gradient of the unit rows, in place, into that of the rows: {@code (g - (g.u) u) / length}. */
    INDArray backprop(INDArray gradient) {
        INDArray radial = gradient.mul(unit).sum(true, 1);
        return gradient.subi(unit.mul(radial)).muli(inverseLengths);
    }
}
