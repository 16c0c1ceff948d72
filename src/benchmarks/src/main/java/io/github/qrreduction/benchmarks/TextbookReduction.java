package io.github.qrreduction.benchmarks;

import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitUtil;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code z = x Q^T} as a plain SameDiffLayer, run by DL4J's own runtime for such layers. */
final class TextbookReduction extends SameDiffLayer {

    private static final long serialVersionUID = 1L;
    private static final String Q = "Q";

    private final long nIn;
    private final long nOut;

    TextbookReduction(long nIn, long nOut) {
        this.nIn = nIn;
        this.nOut = nOut;
    }

    @Override
    public SDVariable defineLayer(
            SameDiff sameDiff, SDVariable layerInput, Map<String, SDVariable> paramTable, SDVariable mask) {
        return sameDiff.mmul(layerInput, paramTable.get(Q), false, true, false);
    }

    @Override
    public void defineParameters(SDLayerParams params) {
        params.addWeightParam(Q, nOut, nIn);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        WeightInitUtil.initWeights(
                (double) nIn, (double) nOut, new long[] {nOut, nIn}, WeightInit.XAVIER, null, 'c', params.get(Q));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputType.feedForward(nOut);
    }
}
