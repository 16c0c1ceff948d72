package io.github.qrreduction;

import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Where samples come from; each run is one pass. */
@FunctionalInterface
interface Samples {
    /** Gives every batch to the blocks, and the number of samples so far to the listener after each batch. */
    void feed(SampleBlocks blocks, LongConsumer listener);

    /** The features of a DataSetIterator, from its start where it can be reset. */
    static Samples of(DataSetIterator iterator) {
        return (blocks, listener) -> {
            if (iterator.resetSupported()) {
                iterator.reset();
            }
            while (iterator.hasNext()) {
                DataSet batch = iterator.next();
                blocks.requireBatch(batch);
                blocks.add(batch.getFeatures(), batch.getFeaturesMaskArray());
                listener.accept(blocks.samples());
            }
        };
    }

    /** One input of a MultiDataSetIterator, from its start where it can be reset. */
    static Samples of(MultiDataSetIterator iterator, int input) {
        return (blocks, listener) -> {
            if (iterator.resetSupported()) {
                iterator.reset();
            }
            while (iterator.hasNext()) {
                MultiDataSet batch = iterator.next();
                blocks.requireBatch(batch);
                if (input < 0 || input >= batch.numFeatureArrays()) {
                    throw new IllegalArgumentException(
                            "expected an input in 0.." + (batch.numFeatureArrays() - 1) + ", got " + input);
                }
                INDArray[] masks = batch.getFeaturesMaskArrays();
                blocks.add(batch.getFeatures(input), masks == null ? null : masks[input]);
                listener.accept(blocks.samples());
            }
        };
    }

    /** One array that holds all samples. */
    static Samples of(INDArray features) {
        return (blocks, listener) -> {
            blocks.add(features, null);
            listener.accept(blocks.samples());
        };
    }

    /** One pass; the sink gets what {@link SampleBlocks} says. Returns the number of samples, at least 2. */
    default long forEachBlock(RNNFormat format, LongConsumer listener, Consumer<INDArray> sink) {
        SampleBlocks blocks = new SampleBlocks(format, sink);
        feed(blocks, listener);
        blocks.finish();
        if (blocks.samples() < 2) {
            throw tooFew(blocks.samples());
        }
        return blocks.samples();
    }

    /** Why so few samples are refused. */
    static IllegalArgumentException tooFew(long samples) {
        return new IllegalArgumentException(
                "expected at least 2 samples, since variances divide by n - 1, got " + samples);
    }
}
