package io.github.qrreduction.internal.similarity;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A matrix whose rows are scaled to length one; rows too short to have a direction become zero. */
public final class UnitRows {

    private static final double SHORTEST = 1e-12;

    /** Entries up to which some ten thousand squares add up to a number of the type. */
    private static final double SAFE_IN_FLOAT = 1e16;

    private static final double SAFE_IN_DOUBLE = 1e150;

    private final INDArray unit;
    private final INDArray inverseLengths;

    public UnitRows(INDArray rows) {
        INDArray scaled = rows;
        INDArray scale = null;
        if (rows.amaxNumber().doubleValue() > (rows.dataType() == DataType.DOUBLE ? SAFE_IN_DOUBLE : SAFE_IN_FLOAT)) {
            // Squares overflow long before lengths do. Rows below 1 stay as they are: short ones are still short.
            scale = Transforms.abs(rows, true).max(true, 1);
            BooleanIndexing.replaceWhere(scale, 1, Conditions.lessThan(1));
            scaled = rows.div(scale);
        }
        INDArray inverse = inverses(scaled.norm2(true, 1));
        unit = Nd4j.createUninitialized(rows.dataType(), rows.shape(), 'c');
        unit.assign(scaled).muli(inverse);
        inverseLengths = scale == null ? inverse : inverse.div(scale);
    }

    private UnitRows(INDArray unit, INDArray inverseLengths) {
        this.unit = unit;
        this.inverseLengths = inverseLengths;
    }

    /** Rows that have length one as they are. */
    static UnitRows already(INDArray unit) {
        return new UnitRows(unit, Nd4j.ones(unit.dataType(), unit.size(0), 1));
    }

    /** In place; 0 of what is too short. No infinity on the way, which ND4J's own checks would stop at. */
    private static INDArray inverses(INDArray lengths) {
        for (long i = 0; i < lengths.length(); i++) {
            double length = lengths.getDouble(i);
            lengths.putScalar(i, length < SHORTEST ? 0 : 1 / length);
        }
        return lengths;
    }

    public INDArray unit() {
        return unit;
    }

    /** Turns the gradient of the unit rows, in place, into that of the rows: {@code (g - (g.u) u) / length}. */
    public INDArray backprop(INDArray gradient) {
        INDArray radial = gradient.mul(unit).sum(true, 1);
        return gradient.subi(unit.mul(radial)).muli(inverseLengths);
    }
}
