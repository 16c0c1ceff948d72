package io.github.qrreduction;

import io.github.qrreduction.internal.similarity.Neighbourhoods;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What a fit of {@link NeighbourComponents} lowers: the mean over the rows of a minibatch, and the weighted mean over
 * prefixes of the reductions, of the scores of {@link Neighbourhoods}.
 *
 * @param temperature of the originals
 * @param parts at least one, by rising size
 */
record NeighbourObjective(double temperature, List<Part> parts) {

    /** The quotients of the two temperatures that {@link #temperatureOf} tries, from here .. */
    private static final double LOWEST = 0.7;

    /** .. to here, evenly by their logarithm. */
    private static final double HIGHEST = 4;

    private static final int TRIES = 24;

    /** The first {@code size} numbers of a reduction. */
    record Part(int size, double temperature, double weight) {
        INDArray of(INDArray rows) {
            return size == rows.size(1) ? rows : rows.get(NDArrayIndex.all(), NDArrayIndex.interval(0, size));
        }
    }

    /**
     * The temperature of reductions at which their neighbour distributions are nearest to those of the originals.
     * Fewer numbers spread cosines wider: with one temperature for both, training would spend itself on their scale.
     */
    static double temperatureOf(INDArray reduced, Neighbourhoods originals, double temperature) {
        double best = temperature;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIES; i++) {
            double tried = temperature * LOWEST * Math.pow(HIGHEST / LOWEST, i / (TRIES - 1.0));
            double score =
                    originals.compare(reduced, tried).scores().meanNumber().doubleValue();
            if (score < lowest) {
                lowest = score;
                best = tried;
            }
        }
        return best;
    }

    /** The same at other temperatures of the parts. */
    NeighbourObjective at(double[] temperatures) {
        List<Part> changed = new ArrayList<>();
        for (int i = 0; i < temperatures.length; i++) {
            changed.add(
                    new Part(parts.get(i).size(), temperatures[i], parts.get(i).weight()));
        }
        return new NeighbourObjective(temperature, changed);
    }

    /** The temperature of the whole reduction, or of the largest prefix where only those count. */
    double lastTemperature() {
        return parts.get(parts.size() - 1).temperature();
    }

    /** The objective of each row of one minibatch. */
    double[] scores(INDArray originals, INDArray reduced) {
        return new Minibatch(originals, reduced).scores().toDoubleVector();
    }

    private double weights() {
        return parts.stream().mapToDouble(Part::weight).sum();
    }

    /** One minibatch: the score first, then the gradient. */
    final class Minibatch {
        private final INDArray reduced;
        private final List<Neighbourhoods.Reduced> compared;

        /** @param originals of length 1 */
        Minibatch(INDArray originals, INDArray reduced) {
            this.reduced = reduced;
            Neighbourhoods neighbourhoods = Neighbourhoods.ofUnitRows(originals, temperature);
            compared = parts.stream()
                    .map(part -> neighbourhoods.compare(part.of(reduced), part.temperature()))
                    .toList();
        }

        double score() {
            return scores().meanNumber().doubleValue();
        }

        private INDArray scores() {
            INDArray sum = Nd4j.zeros(reduced.dataType(), reduced.size(0), 1);
            for (int i = 0; i < compared.size(); i++) {
                sum.addi(compared.get(i).scores().muli(parts.get(i).weight() / weights()));
            }
            return sum;
        }

        /** Of the score, once. */
        Gradient gradient() {
            INDArray sum = Nd4j.create(reduced.dataType(), reduced.shape(), 'c');
            double[] byLogTemperatures = new double[compared.size()];
            for (int i = 0; i < compared.size(); i++) {
                Part part = parts.get(i);
                double share = part.weight() / weights() / reduced.size(0);
                Neighbourhoods.Gradient gradient = compared.get(i).gradient(null);
                part.of(sum).addi(gradient.byReduction().muli(share));
                byLogTemperatures[i] = share * gradient.byLogTemperature();
            }
            return new Gradient(sum, byLogTemperatures);
        }
    }

    /**
     * Derivatives of a score.
     *
     * @param byReductions [n, k]
     * @param byLogTemperatures by the logarithm of each part's temperature
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Gradient(INDArray byReductions, double[] byLogTemperatures) {}
}
