package io.github.qrreduction.loss;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The neighbour distributions of a minibatch's originals and reductions, with their cross-entropy. */
final class Neighbourhoods {

    /** A row's similarity to itself: so low that its probability is 0, and finite, so that 0 times it is 0. */
    private static final double EXCLUDED = -1e30;

    private final double temperature;
    private final INDArray weights;
    private final UnitRows reduced;
    private final INDArray wanted;
    private final INDArray logits;

    Neighbourhoods(Minibatch batch, IActivation activationFn, double temperature) {
        this.temperature = temperature;
        weights = batch.weights();
        wanted = softmax(logits(new UnitRows(batch.originals())));
        reduced = new UnitRows(activationFn.getActivation(batch.preOutput().dup('c'), true));
        logits = logits(reduced);
    }

    /** Cosines over the temperature. */
    private INDArray logits(UnitRows rows) {
        INDArray logits = product(rows.unit().div(temperature), rows.unit(), false, true);
        for (long i = 0; i < logits.size(0); i++) {
            logits.putScalar(i, i, EXCLUDED);
        }
        return logits;
    }

    /** The cross-entropy of each row, weighted, a column. */
    INDArray scores() {
        // Not ND4J's log_softmax: it takes the logarithm of a softmax that has underflowed.
        logits.subi(logits.max(true, 1));
        INDArray square = Transforms.exp(logits, true);
        INDArray logSums = Transforms.log(square.sum(true, 1), false);
        Nd4j.exec(new MulOp(wanted, logits, square));
        INDArray scores = logSums.subi(square.sum(true, 1));
        return weights == null ? scores : scores.muli(weights);
    }

    /** The gradient of the summed scores with respect to the reductions. Ends the use of this object. */
    INDArray gradient() {
        INDArray difference = softmax(logits).subi(wanted);
        if (weights != null) {
            difference.muli(weights);
        }
        // The cosine of i and j is in row i's score and in row j's.
        INDArray unit = reduced.unit();
        INDArray gradient = product(difference, unit, false, false);
        gradient.addi(product(difference, unit, true, false)).divi(temperature);
        return reduced.backprop(gradient);
    }

    private static INDArray softmax(INDArray logits) {
        return Nd4j.exec(new SoftMax(logits, logits, -1))[0];
    }

    /** By the op that writes row-major at full speed, which the elementwise operations after it need. */
    private static INDArray product(INDArray a, INDArray b, boolean transposeA, boolean transposeB) {
        return Nd4j.exec(new Mmul(a, b, transposeA, transposeB, false))[0];
    }
}
