package io.github.qrreduction.loss;

import io.github.qrreduction.internal.similarity.Neighbourhoods;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The scores of a minibatch: the mean over the prefixes of its reductions, weighted by its mask. */
final class PrefixScores {
    private final INDArray weights;
    private final INDArray activated;
    private final List<Neighbourhoods.Reduced> prefixes = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();

    PrefixScores(Minibatch batch, IActivation activationFn, LossSimilarity loss) {
        int[] prefixes = loss.getPrefixes();
        weights = batch.weights();
        activated = activationFn.getActivation(batch.preOutput().dup('c'), true);
        Neighbourhoods neighbourhoods = new Neighbourhoods(batch.originals(), loss.getTemperature());
        for (int size : prefixes.length == 0 ? new int[] {(int) activated.size(1)} : prefixes) {
            this.sizes.add(size);
            this.prefixes.add(neighbourhoods.compare(columns(activated, size), loss.getReducedTemperature()));
        }
    }

    /** A column. */
    INDArray scores() {
        INDArray mean = prefixes.get(0).scores();
        for (Neighbourhoods.Reduced prefix : prefixes.subList(1, prefixes.size())) {
            mean.addi(prefix.scores());
        }
        if (prefixes.size() > 1) {
            mean.divi(prefixes.size());
        }
        return weights == null ? mean : mean.muli(weights);
    }

    /** The gradient of the summed scores with respect to the activations. Ends the use of this object. */
    INDArray gradient() {
        if (sizes.get(0) == activated.size(1)) {
            return prefixes.get(0).gradient(weights).byReduction();
        }
        INDArray mean = Nd4j.create(activated.dataType(), activated.shape(), 'c');
        for (int i = 0; i < sizes.size(); i++) {
            columns(mean, sizes.get(i)).addi(prefixes.get(i).gradient(weights).byReduction());
        }
        return mean.divi(sizes.size());
    }

    private static INDArray columns(INDArray of, int count) {
        return count == of.size(1) ? of : of.get(NDArrayIndex.all(), NDArrayIndex.interval(0, count));
    }
}
