package io.github.qrreduction.loss;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The neighbour distributions of a minibatch's originals and reductions, with their cross-entropy. */
final class Neighbourhoods {

    /** In place of a row's similarity to itself: so low that its probability is exactly 0, and finite: 0 times it is 0. */
    private static final double EXCLUDED = -1e30;

    private final double temperature;
    private final INDArray weights;
    private final UnitRows reduced;
    private final INDArray wanted;
    private final INDArray logits;
    private final INDArray actual;
    private final INDArray sums;

    Neighbourhoods(Minibatch batch, IActivation activationFn, double temperature) {
        this.temperature = temperature;
        weights = batch.weights();
        INDArray originals = logits(new UnitRows(batch.originals()));
        wanted = Transforms.exp(originals, false);
        wanted.diviColumnVector(wanted.sum(true, 1));

        reduced = new UnitRows(activationFn.getActivation(batch.preOutput().dup('c'), true));
        logits = logits(reduced);
        actual = Transforms.exp(logits, true);
        sums = actual.sum(true, 1);
        actual.diviColumnVector(sums);
    }

    /** Cosines over the temperature, each row shifted so that its largest is 0. */
    private INDArray logits(UnitRows rows) {
        INDArray logits = product(rows.unit(), rows.unit(), false, true);
        logits.divi(temperature);
        for (long i = 0; i < logits.rows(); i++) {
            logits.putScalar(i, i, EXCLUDED);
        }
        return logits.subiColumnVector(logits.max(true, 1));
    }

    /** The cross-entropy of each row, weighted, a column. */
    INDArray scores() {
        // Not ND4J's log_softmax: it takes the logarithm of a softmax that has underflowed.
        INDArray scores = Transforms.log(sums, true).subi(wanted.mul(logits).sum(true, 1));
        return weights == null ? scores : scores.muli(weights);
    }

    /** The gradient of the summed scores with respect to the reductions. */
    INDArray gradient() {
        INDArray difference = actual.sub(wanted).divi(temperature);
        if (weights != null) {
            difference.muliColumnVector(weights);
        }
        // The cosine of i and j is in row i's score and in row j's.
        INDArray unit = reduced.unit();
        INDArray gradient = product(difference, unit, false, false);
        gradient.addi(product(difference, unit, true, false));
        return reduced.backprop(gradient);
    }

    /** By the op that writes row-major at full speed, which the elementwise operations after it need. */
    private static INDArray product(INDArray a, INDArray b, boolean transposeA, boolean transposeB) {
        return Nd4j.exec(new Mmul(a, b, transposeA, transposeB, false))[0];
    }
}
