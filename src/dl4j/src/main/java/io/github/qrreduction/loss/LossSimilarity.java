package io.github.qrreduction.loss;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps neighbours: measures how far the neighbours of each vector have moved within its minibatch. The labels are the
 * original vectors {@code x}, shape [batch, d]; the output is their reduction {@code z}, shape [batch, k]; d and k may
 * differ. The score of row i is the cross-entropy between two distributions over the other rows of the minibatch,
 *
 * <pre>
 *   p_ij = softmax_{j != i}( cos(x_i, x_j) / temperature )
 *   q_ij = softmax_{j != i}( cos(z_i, z_j) / reducedTemperature )
 *   score_i = - sum_j p_ij log q_ij
 * </pre>
 *
 * <p>The two temperatures are one unless {@link #withReducedTemperature} says otherwise. The minimum, where every q
 * equals its p, is the entropy of p, not zero: compare scores only between batches of one size. It has the form of
 * stochastic neighbour embedding (Hinton and Roweis, 2002), with cosines instead of distances and a fixed
 * temperature, and trains a map instead of the points, so that it reduces vectors that training never saw.
 *
 * <pre>{@code
 * .layer(new QRReductionLayer.Builder().nIn(100).nOut(25).orthonormality(Orthonormality.RETRACTION).build())
 * .layer(new LossLayer.Builder(new LossSimilarity()).build())
 * ...
 * DataSetIterator batches = new ListDataSetIterator<>(new DataSet(x, x).asList(), 512);
 * net.fit(batches, epochs);
 * }</pre>
 *
 * <p>The temperature, default {@value #DEFAULT_TEMPERATURE}, says how near a neighbour has to be to count: two rows
 * whose cosines differ by one temperature differ by a factor e in weight. Smaller values look at the very nearest only,
 * larger ones at the whole minibatch. Minibatches of some hundreds are needed to have neighbours in them. Time and
 * memory grow with the square of their rows: a step on 20 000 rows takes more than a minute and 5 GB. More than
 * {@value #MANY_ROWS} rows are worth a warning, once for each instance. The unmasked steps of sequences are such rows.
 *
 * <ul>
 *   <li>A batch of one row has no neighbours: score and gradient are zero.
 *   <li>A vector shorter than 1e-12 counts as zero: its cosine with every other is 0, its gradient is zero.
 *   <li>A mask, shape [batch] or [batch, 1], weighs the rows' scores. A row whose mask is 0 leaves both softmaxes as
 *       well, as if it were not in the minibatch, and may hold anything; score and gradient are zero there.
 *   <li>{@code average} divides by the number of rows, masked rows included, as DL4J's own losses do.
 * </ul>
 *
 * <p>All is computed in the output's data type, in FLOAT where that is narrower; labels and mask are cast. Memory is
 * O(batch^2 + batch (d + k)). The arguments are never changed. Instances are immutable.
 *
 * <p>Any activation function may stand in front. DL4J's LossLayer, OutputLayer and RnnLossLayer take labels of another
 * width than the output; the last hands over sequences as one row a step, so that all unmasked steps of a minibatch are
 * each other's neighbours. DL4J's {@code evaluate} and {@code evaluateRegression} compare labels and output entry by
 * entry and refuse such labels: use {@code score} and {@code scoreExamples}.
 *
 * <p>Errors: {@link DL4JInvalidInputException} for labels, output or mask of another shape.
 */
public final class LossSimilarity implements ILossFunction {

    /** The temperature of {@link #LossSimilarity()}. */
    public static final double DEFAULT_TEMPERATURE = 0.05;

    /** Rows of a minibatch beyond which there is a warning. */
    static final int MANY_ROWS = 8192;

    /** Arrays of the size of the similarities that a step holds at once: 5.1 GB were seen at 20 000 rows. */
    private static final int MATRICES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LossSimilarity.class);
    /** Cosines in float32 differ by 6e-8 of rounding: a temperature near that would weigh noise. */
    private static final double LOWEST_TEMPERATURE = 1e-6;

    private static final long serialVersionUID = 1L;

    private final double temperature;
    /** 0 in what releases before this field have serialised. */
    private final double reducedTemperature;
    /** Null in what releases before prefixes have serialised. */
    private final int[] prefixes;

    private final transient AtomicBoolean warned = new AtomicBoolean();

    /** With a temperature of {@value #DEFAULT_TEMPERATURE}. */
    public LossSimilarity() {
        this(DEFAULT_TEMPERATURE);
    }

    /**
     * With a temperature of one's own.
     *
     * @param temperature what cosines are divided by, from 1e-6 and finite
     * @throws IllegalArgumentException if it is not
     */
    public LossSimilarity(double temperature) {
        this(temperature, new int[0]);
    }

    /**
     * With sizes that are to be good by themselves: the score of a row is the mean of its scores on the first m numbers
     * of the reduction, over all m that are given (nested, or Matryoshka, representations: Kusupati et al. 2022, arXiv
     * 2205.13147). Name nOut too where the whole reduction counts.
     *
     * @param temperature what cosines are divided by, from 1e-6 and finite
     * @param prefixes sizes, rising, each from 1 to nOut; none for nOut alone
     * @throws IllegalArgumentException for a temperature or sizes that are not
     */
    public LossSimilarity(double temperature, int... prefixes) {
        this(temperature, temperature, prefixes);
    }

    /** By the names in JSON, which releases before did not all write. */
    @JsonCreator
    private LossSimilarity(
            @JsonProperty("temperature") double temperature,
            @JsonProperty("reducedTemperature") double reducedTemperature,
            @JsonProperty("prefixes") int[] prefixes) {
        requireTemperature("temperature", temperature);
        this.temperature = temperature;
        this.reducedTemperature = reducedTemperature == 0 ? temperature : reducedTemperature;
        requireTemperature("reducedTemperature", this.reducedTemperature);
        this.prefixes = prefixes == null ? new int[0] : prefixes.clone();
        for (int i = 0; i < this.prefixes.length; i++) {
            if (this.prefixes[i] < (i == 0 ? 1 : this.prefixes[i - 1] + 1)) {
                throw new IllegalArgumentException(
                        "expected rising prefixes of at least 1, got " + Arrays.toString(prefixes));
            }
        }
    }

    private static void requireTemperature(String name, double temperature) {
        if (!(temperature >= LOWEST_TEMPERATURE && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a finite " + name + " of at least " + LOWEST_TEMPERATURE
                    + ", since cosines have rounding, got " + temperature);
        }
    }

    /**
     * The same loss with another temperature in q, by which the cosines of reductions are divided. Fewer numbers spread
     * cosines wider; with one temperature for both, training spends itself on that. {@link
     * io.github.qrreduction.NeighbourComponents} write the two that they have chosen into their metadata.
     *
     * @param temperature from 1e-6 and finite
     * @return a new loss
     * @throws IllegalArgumentException if it is not
     */
    public LossSimilarity withReducedTemperature(double temperature) {
        requireTemperature("reducedTemperature", temperature);
        return new LossSimilarity(this.temperature, temperature, prefixes);
    }

    /**
     * What cosines of originals are divided by.
     *
     * @return the temperature
     */
    public double getTemperature() {
        return temperature;
    }

    /**
     * What cosines of reductions are divided by.
     *
     * @return the temperature of the originals, unless another was set
     */
    public double getReducedTemperature() {
        return reducedTemperature;
    }

    /**
     * The sizes that are to be good by themselves.
     *
     * @return rising; empty for the whole reduction alone; a copy
     */
    public int[] getPrefixes() {
        return prefixes.clone();
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask, boolean average) {
        Minibatch batch = minibatch(labels, preOutput, mask);
        if (!batch.hasNeighbours()) {
            return 0;
        }
        return total(prefixScores(batch, activationFn).scores(), batch.rows(), average);
    }

    /**
     * The score of each row.
     *
     * @return shape [batch, 1], the output's data type; 0 in masked rows
     */
    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
        Minibatch batch = minibatch(labels, preOutput, mask);
        if (!batch.hasNeighbours()) {
            return Nd4j.zeros(preOutput.dataType(), batch.rows(), 1);
        }
        return batch.scatter(prefixScores(batch, activationFn).scores());
    }

    /**
     * The gradient of the summed score by the pre-output.
     *
     * @return shape [batch, k], the output's data type; 0 in masked rows
     */
    @Override
    public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
        Minibatch batch = minibatch(labels, preOutput, mask);
        if (!batch.hasNeighbours()) {
            return Nd4j.zeros(preOutput.dataType(), preOutput.shape());
        }
        return gradient(batch, prefixScores(batch, activationFn), activationFn);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask, boolean average) {
        Minibatch batch = minibatch(labels, preOutput, mask);
        if (!batch.hasNeighbours()) {
            return new Pair<>(0.0, Nd4j.zeros(preOutput.dataType(), preOutput.shape()));
        }
        PrefixScores scores = prefixScores(batch, activationFn);
        double score = total(scores.scores(), batch.rows(), average);
        return new Pair<>(score, gradient(batch, scores, activationFn));
    }

    private Minibatch minibatch(INDArray labels, INDArray preOutput, INDArray mask) {
        Minibatch batch = Minibatch.of(labels, preOutput, mask);
        if (batch.rows() > MANY_ROWS && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "LossSimilarity compares all {} rows of a minibatch with each other, which takes some {} GB and"
                            + " long. Train in minibatches of some hundred rows.",
                    batch.rows(),
                    String.format(
                            Locale.ROOT, "%.1f", MATRICES * Float.BYTES * (double) batch.rows() * batch.rows() / 1e9));
        }
        return batch;
    }

    private PrefixScores prefixScores(Minibatch batch, IActivation activationFn) {
        long nOut = batch.preOutput().size(1);
        if (prefixes.length > 0 && prefixes[prefixes.length - 1] > nOut) {
            throw new DL4JInvalidInputException("LossSimilarity: expected an output of at least "
                    + prefixes[prefixes.length - 1] + " numbers a row, the largest prefix, got " + nOut);
        }
        return new PrefixScores(batch, activationFn, this);
    }

    private static double total(INDArray scores, long rows, boolean average) {
        double sum = scores.sumNumber().doubleValue();
        return average ? sum / rows : sum;
    }

    private static INDArray gradient(Minibatch batch, PrefixScores scores, IActivation activationFn) {
        INDArray epsilon = scores.gradient();
        // Some activation functions write their result over the pre-output.
        return batch.scatter(
                activationFn.backprop(batch.preOutput().dup(), epsilon).getFirst());
    }

    private Object readResolve() {
        return new LossSimilarity(temperature, reducedTemperature, prefixes);
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LossSimilarity that
                && Double.compare(temperature, that.temperature) == 0
                && Double.compare(reducedTemperature, that.reducedTemperature) == 0
                && Arrays.equals(prefixes, that.prefixes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(temperature, reducedTemperature, Arrays.hashCode(prefixes));
    }

    @Override
    public String toString() {
        return "LossSimilarity(temperature=" + temperature
                + (reducedTemperature == temperature ? "" : ", reducedTemperature=" + reducedTemperature)
                + (prefixes.length == 0 ? "" : ", prefixes=" + Arrays.toString(prefixes)) + ")";
    }
}
