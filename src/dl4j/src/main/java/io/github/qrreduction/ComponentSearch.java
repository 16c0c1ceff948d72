package io.github.qrreduction;

import io.github.qrreduction.internal.lapack.EigenPairs;
import io.github.qrreduction.internal.pca.GramComponents;
import io.github.qrreduction.internal.pca.RangeFinder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One fit of {@link PrincipalComponents}, by the way that suits the shape of the data.
 *
 * <p>Nobody knows beforehand how many samples an iterator has. So samples are kept while they are no more than their
 * columns; after that only their covariance. Where neither fits into memory, the pass goes on as the first of a
 * {@link RangeFinder}. For one use.
 */
final class ComponentSearch {
    /** Up to here the covariance is formed however few the samples are: it takes milliseconds. */
    static final int NARROW = 512;

    private final ComponentCount count;
    private final boolean centred;
    private final boolean all;
    private final long memory;
    private final RNNFormat format;
    private final LongConsumer listener;

    private final List<INDArray> kept = new ArrayList<>();
    private long rowsKept;
    private boolean repeatable;
    private CovarianceAccumulator sums;
    private RangeFinder finder;

    ComponentSearch(
            ComponentCount count, boolean centred, boolean all, long memory, RNNFormat format, LongConsumer listener) {
        this.count = count;
        this.centred = centred;
        this.all = all;
        this.memory = memory;
        this.format = format;
        this.listener = listener;
    }

    PrincipalComponents in(Samples samples) {
        INDArray matrix = samples.matrix();
        if (matrix != null && isWide(matrix)) {
            count.requireAtMost(matrix.columns());
            PrincipalComponents found = byGram(List.of(matrix), samples);
            listener.accept(matrix.rows());
            return found;
        }
        repeatable = samples.areRepeatable();
        samples.forEachBlock(format, listener, this::add);
        if (finder != null) {
            return byPasses(samples);
        }
        if (sums == null) {
            PrincipalComponents found = byGram(kept, samples);
            kept.forEach(INDArray::close);
            return found;
        }
        INDArray mean = centred ? sums.mean() : null;
        INDArray moments = centred ? sums.intoLowerCovariance() : sums.intoLowerSecondMoments();
        EigenPairs pairs = Decomposition.of(moments, count, all);
        moments.close();
        return new PrincipalComponents(pairs, mean, sums.count(), format);
    }

    /** Whether the Gram matrix of an array's samples is at once known to be the smaller one. */
    private boolean isWide(INDArray x) {
        boolean readInPlace = x.dataType() == DataType.FLOAT || x.dataType() == DataType.DOUBLE;
        return readInPlace
                && x.rows() >= 2
                && x.rows() <= x.columns()
                && x.columns() > NARROW
                && CovarianceMemory.holds(x.rows(), memory);
    }

    private void add(INDArray block) {
        int columns = block.columns();
        if (sums == null && finder == null) {
            count.requireAtMost(columns);
            if (keep(block)) {
                return;
            }
            startSums(columns);
        }
        addOverwriting(block);
    }

    /** Keeps a copy, if that is what suits the samples so far. */
    private boolean keep(INDArray block) {
        int columns = block.columns();
        long rows = rowsKept + block.rows();
        boolean covarianceFits = CovarianceMemory.holds(columns, memory);
        if ((covarianceFits && columns <= NARROW)
                || rows > Math.min(columns, CovarianceMemory.MAX_COLUMNS)
                || (double) rows * columns * Double.BYTES > memory / 2.0) {
            return false;
        }
        kept.add(compact(block));
        rowsKept = rows;
        return true;
    }

    /** In float32, where that loses nothing. */
    private static INDArray compact(INDArray block) {
        INDArray single = block.castTo(DataType.FLOAT);
        // Closed here, since the collector sees how small an array's Java object is, not its native memory.
        INDArray lost = single.castTo(DataType.DOUBLE).subi(block);
        boolean exact = lost.amaxNumber().doubleValue() == 0;
        lost.close();
        if (exact) {
            return single;
        }
        single.close();
        return block.dup('c');
    }

    private void startSums(int columns) {
        if (CovarianceMemory.holds(columns, memory)) {
            sums = new CovarianceAccumulator(columns);
        } else if (repeatable) {
            int first = count.isKnown() ? count.known() : Math.min(columns, count.guesses(Integer.MAX_VALUE)[0]);
            finder = new RangeFinder(columns, first, centred);
        } else {
            throw CovarianceMemory.notRepeatable(columns, memory);
        }
        for (INDArray part : kept) {
            INDArray block = part.castTo(DataType.DOUBLE);
            addOverwriting(block);
            block.close();
            if (block != part) {
                part.close();
            }
        }
        kept.clear();
    }

    private void addOverwriting(INDArray block) {
        if (finder != null) {
            finder.add(block);
        } else {
            sums.addOverwriting(block);
        }
    }

    private PrincipalComponents byPasses(Samples samples) {
        int columns = finder.columns();
        for (int k = finder.sought(); ; k = (int) Math.min(columns, 2L * k)) {
            if (k > finder.sought()) {
                finder.enlarge(k);
                samples.forEachBlock(format, listener, finder::add);
            }
            while (!finder.endPass()) {
                samples.forEachBlock(format, listener, finder::add);
            }
            int enough = count.among(Arrays.copyOf(finder.values(), k), finder.trace());
            if (enough > 0 || k == columns) {
                return new PrincipalComponents(
                        finder.components(enough > 0 ? enough : k), finder.mean(), finder.count(), format);
            }
        }
    }

    private PrincipalComponents byGram(List<INDArray> parts, Samples samples) {
        long rows = parts.stream().mapToLong(INDArray::rows).sum();
        try {
            GramComponents.Result found = GramComponents.of(
                    parts, centred, count.known(), gram -> Decomposition.of(gram, count.atMost(gram.rows()), all));
            return new PrincipalComponents(found.pairs(), found.mean(), rows, format);
        } catch (GramComponents.NotFinite e) {
            if (samples.matrix() != null) {
                // Names the sample and column of a NaN or an infinity, which the reading of batches has looked for.
                samples.forEachBlock(format, seen -> {}, block -> {});
            }
            throw CovarianceAccumulator.overflow(largestColumn(parts));
        }
    }

    private static int largestColumn(List<INDArray> parts) {
        int column = 0;
        double largest = 0;
        for (INDArray part : parts) {
            double[] columns = part.amax(0).toDoubleVector();
            for (int j = 0; j < columns.length; j++) {
                if (columns[j] > largest) {
                    largest = columns[j];
                    column = j;
                }
            }
        }
        return column;
    }
}
