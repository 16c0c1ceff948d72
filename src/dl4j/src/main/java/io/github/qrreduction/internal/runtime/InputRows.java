package io.github.qrreduction.internal.runtime;

import java.lang.ref.Reference;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer's input as the rows that its graph takes, of the network's data type: sequences are run as rows, so the graph
 * never sees a time length. What the mask hides is zero.
 */
final class InputRows {

    private final INDArray input;
    private final INDArray mask;
    private final DataType dataType;
    private final RNNFormat format;
    private final ArrayType memory;
    private final LayerWorkspaceMgr workspaceMgr;
    private final INDArray values;

    /**
     * Takes an input apart.
     *
     * @param input of rank 2 or 3, checked
     * @param mask of the input, or null
     * @param memory where copies are made
     */
    InputRows(
            INDArray input,
            INDArray mask,
            DataType dataType,
            RNNFormat format,
            ArrayType memory,
            LayerWorkspaceMgr workspaceMgr,
            String layerId) {
        this.input = input;
        this.dataType = dataType;
        this.format = format;
        this.memory = memory;
        this.workspaceMgr = workspaceMgr;
        INDArray rows = toRows(input);
        this.mask = mask == null ? null : column(mask, rows.size(0), layerId);
        this.values = withoutHidden(rows);
    }

    /** The rows, (batch, nIn) or (batch * time, nIn). */
    INDArray values() {
        return values;
    }

    /** The gradient by what the layer put out, as rows; hidden ones are zero, whatever came in. */
    INDArray gradient(INDArray epsilon) {
        INDArray delta = withoutHidden(toRows(epsilon));
        if (mask != null) {
            delta = workspaceMgr.dup(memory, delta, 'c');
            hide(delta);
        }
        return delta;
    }

    /** Writes zeros over the rows that the mask hides, by a product. */
    void hide(INDArray rows) {
        if (mask == null) {
            return;
        }
        BroadcastMulOp multiply = new BroadcastMulOp(rows, mask, rows, 0);
        try {
            Nd4j.getExecutioner().exec(multiply);
        } finally {
            // Or its array of dimensions may be freed in the middle of the native call, see ContextOp.
            Reference.reachabilityFence(multiply);
        }
    }

    /** Rows in the rank and layout of the input. */
    INDArray likeInput(INDArray rows) {
        return input.rank() == 2 ? rows : TimeSteps.toSequences(rows, input.size(0), format);
    }

    private INDArray toRows(INDArray array) {
        INDArray typed = array.castTo(dataType);
        return typed.rank() == 2 ? typed : TimeSteps.toRows(typed, format, memory, workspaceMgr);
    }

    /** The mask as a column of the network's data type, its shape checked. */
    private INDArray column(INDArray mask, long rows, String layerId) {
        Shapes.checkMask(mask, input, rows, layerId);
        return mask.castTo(dataType).reshape('c', rows, 1);
    }

    /**
     * Zero times NaN is NaN: where rows that the mask hides are not finite, a copy that has zeros in their place.
     * Looking for that takes one sum.
     */
    private INDArray withoutHidden(INDArray rows) {
        if (mask == null || Double.isFinite(rows.sumNumber().doubleValue())) {
            return rows;
        }
        INDArray shown = workspaceMgr.dup(memory, rows, 'c');
        for (long i = 0; i < shown.size(0); i++) {
            if (mask.getDouble(i) == 0) {
                shown.getRow(i).assign(0);
            }
        }
        return shown;
    }
}
