package io.github.qrreduction.spark;

import java.util.Iterator;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Batches whose features are seen to be narrow enough before anybody makes a Gram matrix for them. */
final class NarrowBatches implements Iterator<DataSet> {
    private final Iterator<DataSet> batches;
    private final RNNFormat format;

    NarrowBatches(Iterator<DataSet> batches, RNNFormat format) {
        this.batches = batches;
        this.format = format;
    }

    @Override
    public boolean hasNext() {
        return batches.hasNext();
    }

    @Override
    public DataSet next() {
        DataSet batch = batches.next();
        INDArray features = batch.getFeatures();
        if (features != null && features.rank() > 1) {
            boolean lastIsTime = features.rank() == 3 && format == RNNFormat.NCW;
            MomentsTree.requireFits(features.size(lastIsTime ? 1 : features.rank() - 1));
        }
        return batch;
    }
}
