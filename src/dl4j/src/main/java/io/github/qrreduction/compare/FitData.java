package io.github.qrreduction.compare;

import io.github.qrreduction.Components;
import io.github.qrreduction.NeighbourComponents;
import io.github.qrreduction.NeighbourComponentsFitter;
import io.github.qrreduction.PrincipalComponents;
import java.util.function.DoubleConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Vectors to fit to, in an array or from an iterator. */
sealed interface FitData {
    int columns();

    PrincipalComponents principal(boolean centred, int k);

    Components neighbours(int k, long seed, DoubleConsumer progress);

    private static NeighbourComponentsFitter fitter(long seed, DoubleConsumer progress) {
        int steps = NeighbourComponentsFitter.DEFAULT_STEPS;
        return NeighbourComponents.fitter()
                .steps(steps)
                .seed(seed)
                .listener((step, loss) -> progress.accept(step / (double) steps));
    }

    static FitData of(INDArray data) {
        return new Array(data);
    }

    static FitData of(DataSetIterator data) {
        return new Batches(data);
    }

    record Array(INDArray data) implements FitData {
        @Override
        public int columns() {
            return data.columns();
        }

        @Override
        public PrincipalComponents principal(boolean centred, int k) {
            return PrincipalComponents.fitter().centred(centred).fit(data, k);
        }

        @Override
        public Components neighbours(int k, long seed, DoubleConsumer progress) {
            return fitter(seed, progress).fit(data, k);
        }
    }

    record Batches(DataSetIterator data) implements FitData {
        @Override
        public int columns() {
            int columns = data.inputColumns();
            if (columns < 1) {
                throw new IllegalArgumentException("expected an iterator that knows its inputColumns, got " + columns);
            }
            return columns;
        }

        @Override
        public PrincipalComponents principal(boolean centred, int k) {
            return PrincipalComponents.fitter().centred(centred).fit(data, k);
        }

        @Override
        public Components neighbours(int k, long seed, DoubleConsumer progress) {
            return fitter(seed, progress).fit(data, k);
        }
    }
}
