package io.github.qrreduction.internal.runtime;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sequences as rows: [batch, size, time] (NCW) or [batch, time, size] (NWC) to [batch * time, size] and back. Row
 * {@code i * time + t} is step t of example i.
 */
final class TimeSteps {

    private TimeSteps() {}

    static long size(INDArray sequences, RNNFormat format) {
        return sequences.size(format == RNNFormat.NCW ? 1 : 2);
    }

    /** Rows in 'c' order; a view where the layout allows, else a copy in the given kind of working memory. */
    static INDArray toRows(INDArray sequences, RNNFormat format, ArrayType memory, LayerWorkspaceMgr workspaceMgr) {
        INDArray nwc = format == RNNFormat.NCW ? sequences.permute(0, 2, 1) : sequences;
        long rows = nwc.size(0) * nwc.size(1);
        if (!hasRowMajorStrides(nwc)) {
            nwc = workspaceMgr
                    .createUninitialized(memory, nwc.dataType(), nwc.shape(), 'c')
                    .assign(nwc);
        }
        return nwc.reshape('c', rows, nwc.size(2));
    }

    /** A view of rows in 'c' order as sequences of the given batch size. */
    static INDArray toSequences(INDArray rows, long batch, RNNFormat format) {
        INDArray nwc = rows.reshape('c', batch, rows.size(0) / batch, rows.size(1));
        return format == RNNFormat.NCW ? nwc.permute(0, 2, 1) : nwc;
    }

    private static boolean hasRowMajorStrides(INDArray a) {
        return a.stride(2) == 1 && a.stride(1) == a.size(2) && a.stride(0) == a.size(1) * a.size(2);
    }
}
