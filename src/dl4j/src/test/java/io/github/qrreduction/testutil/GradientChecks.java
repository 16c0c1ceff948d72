package io.github.qrreduction.testutil;

import static io.github.qrreduction.testutil.Networks.SEED;
import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's own gradient check, at a tolerance that a factor of two, or of 1.0001, does not pass, and networks for it. */
public final class GradientChecks {

    public static final double EPSILON = 1e-6;
    public static final double MAX_RELATIVE_ERROR = 1e-5;
    public static final double MIN_ABSOLUTE_ERROR = 1e-8;

    private GradientChecks() {}

    public static MultiLayerNetwork network(InputType inputType, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.DOUBLE)
                .updater(new NoOp())
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        if (inputType != null) {
            list.setInputType(inputType);
        }
        MultiLayerConfiguration conf = list.build();
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    public static void check(
            MultiLayerNetwork net, INDArray input, INDArray labels, INDArray inputMask, INDArray labelMask) {
        assertThat(GradientCheckUtil.checkGradients(config(net)
                        .input(input)
                        .labels(labels)
                        .inputMask(inputMask)
                        .labelMask(labelMask)))
                .isTrue();
    }

    public static GradientCheckUtil.MLNConfig config(MultiLayerNetwork net) {
        return new GradientCheckUtil.MLNConfig()
                .net(net)
                .epsilon(EPSILON)
                .maxRelError(MAX_RELATIVE_ERROR)
                .minAbsoluteError(MIN_ABSOLUTE_ERROR);
    }

    public static Layer mse() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .build();
    }

    public static Layer dense(int nIn, int nOut) {
        return new DenseLayer.Builder()
                .nIn(nIn)
                .nOut(nOut)
                .activation(Activation.TANH)
                .build();
    }

    public static Layer softmax(int nIn, int nOut) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(nIn)
                .nOut(nOut)
                .activation(Activation.SOFTMAX)
                .build();
    }

    public static Layer rnnOutput(RNNFormat format) {
        return new RnnOutputLayer.Builder(LossFunction.MSE)
                .nOut(3)
                .dataFormat(format)
                .activation(Activation.TANH)
                .build();
    }

    public static INDArray oneHot(int rows, int classes) {
        INDArray labels = Nd4j.zeros(rows, classes);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, (i + 1) % classes, 1.0);
        }
        return labels;
    }

    public static INDArray sequences(int batch, int size, int time, RNNFormat format) {
        return format == RNNFormat.NCW ? Nd4j.randn(batch, size, time) : Nd4j.randn(batch, time, size);
    }

    public static INDArray mask(int batch, int time) {
        INDArray mask = Nd4j.ones(batch, time);
        mask.putScalar(0, time - 1, 0.0);
        if (batch > 2) {
            mask.putScalar(2, 1, 0.0);
            mask.putScalar(2, 2, 0.0);
        }
        return mask;
    }
}
