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
interface Samples {
    /** Gives every batch to the blocks, and the number of samples so far to the listener after each batch. */
    void feed(SampleBlocks blocks, LongConsumer listener);

    /** Whether another run gives the same samples again. */
    boolean areRepeatable();

    /** All samples as the rows of one matrix, where that is how they come; else null. */
    default INDArray matrix() {
        return null;
    }

    /** One run over the batches. */
    @FunctionalInterface
    interface Feed {
        /** As {@link Samples#feed}. */
        void accept(SampleBlocks blocks, LongConsumer listener);
    }

    private static Samples of(boolean repeatable, INDArray matrix, Feed feed) {
        return new Samples() {
            @Override
            public void feed(SampleBlocks blocks, LongConsumer listener) {
                feed.accept(blocks, listener);
            }

            @Override
            public boolean areRepeatable() {
                return repeatable;
            }

            @Override
            public INDArray matrix() {
                return matrix;
            }
        };
    }

    /** The features of a DataSetIterator, from its start where it can be reset. */
    static Samples of(DataSetIterator iterator) {
        return of(iterator.resetSupported(), null, (blocks, listener) -> {
            if (iterator.resetSupported()) {
                iterator.reset();
            }
            while (iterator.hasNext()) {
                DataSet batch = iterator.next();
                blocks.requireBatch(batch);
                blocks.add(batch.getFeatures(), batch.getFeaturesMaskArray());
                listener.accept(blocks.samples());
            }
        });
    }

    /** One input of a MultiDataSetIterator, from its start where it can be reset. */
    static Samples of(MultiDataSetIterator iterator, int input) {
        return of(iterator.resetSupported(), null, (blocks, listener) -> {
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
        });
    }

    /** One array that holds all samples. */
    static Samples of(INDArray features) {
        return of(true, features.rank() == 2 ? features : null, (blocks, listener) -> {
            blocks.add(features, null);
            listener.accept(blocks.samples());
        });
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
