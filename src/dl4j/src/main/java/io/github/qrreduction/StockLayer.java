package io.github.qrreduction;

import io.github.qrreduction.internal.runtime.RunningLayer;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DenseLayer with the values of its parameters: one for a reduction, two for a reconstruction.
 *
 * @param conf the layer's configuration
 * @param weights W, shape (nIn, nOut)
 * @param bias length nOut, or null
 */
record StockLayer(DenseLayer conf, INDArray weights, INDArray bias) {

    /** The stock layers that compute, one after the other, what the given layer does on rows. */
    static List<StockLayer> of(ComponentLayer conf, RunningLayer layer) {
        INDArray q = layer.componentsAsTheyStand();
        INDArray b = conf.hasBias() ? layer.getParam(ComponentLayer.BIAS_KEY).dup() : null;
        DenseLayer reduction = dense(conf, q.size(1), q.size(0), conf instanceof QRReductionLayer && b != null);
        reduction.setIDropout(conf.getIDropout());
        reduction.setLayerName(conf.getLayerName());
        if (conf instanceof QRReductionLayer) {
            return List.of(new StockLayer(reduction, q.transpose(), b));
        }
        DenseLayer wayBack = dense(conf, q.size(0), q.size(1), b != null);
        wayBack.setLayerName(conf.getLayerName() == null ? null : conf.getLayerName() + "-reconstruction");
        return List.of(new StockLayer(reduction, q.transpose(), null), new StockLayer(wayBack, q, b));
    }

    private static DenseLayer dense(ComponentLayer conf, long nIn, long nOut, boolean hasBias) {
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(nIn)
                .nOut(nOut)
                .hasBias(hasBias)
                .activation(Activation.IDENTITY)
                .biasInit(conf.getBiasInit())
                .updater(conf.getUpdater() == null ? null : conf.getUpdater().clone())
                .build();
        dense.setBiasUpdater(
                conf.getBiasUpdater() == null ? null : conf.getBiasUpdater().clone());
        dense.setWeightInitFn(new org.deeplearning4j.nn.weights.WeightInitXavier());
        dense.setGainInit(1.0);
        dense.setGradientNormalization(conf.getGradientNormalization());
        dense.setGradientNormalizationThreshold(conf.getGradientNormalizationThreshold());
        return dense;
    }

    void fill(Layer layer) {
        layer.setParam(DefaultParamInitializer.WEIGHT_KEY, weights);
        if (bias != null) {
            layer.setParam(DefaultParamInitializer.BIAS_KEY, bias);
        }
    }
}
