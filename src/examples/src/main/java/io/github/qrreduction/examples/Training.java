package io.github.qrreduction.examples;

import me.tongfei.progressbar.ProgressBar;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * One way of training for every network of the comparison: the same seed, batches, epochs and learning rate.
 *
 * @param digits the data
 * @param epochs passes over the training digits
 * @param learningRate of plain SGD
 * @param progress shows how far the training is
 */
record Training(Digits digits, int epochs, double learningRate, Progress progress) {

    static final int BATCH = 32;
    static final long SEED = 42;

    private static final int NAME_WIDTH = 16;

    /**
     * Trains a network of the given layers from the start.
     *
     * @throws ArithmeticException if the loss or a parameter is no longer finite
     */
    TrainedNetwork train(String name, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .updater(new Sgd(learningRate))
                .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.build());
        net.init();

        DataSetIterator batches = digits.trainBatches(BATCH);
        double[] losses = new double[epochs];
        try (ProgressBar bar = progress.start(String.format("%-" + NAME_WIDTH + "s", name), epochs)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                net.fit(batches);
                losses[epoch] = net.score(digits.train());
                requireFinite(net, losses[epoch]);
                bar.step();
            }
        }
        return new TrainedNetwork(
                name, net, losses, net.evaluate(digits.testBatches(BATCH)).accuracy());
    }

    private void requireFinite(MultiLayerNetwork net, double loss) {
        // DL4J clips the loss, so that it can be finite where parameters are not.
        if (!Double.isFinite(loss) || !Double.isFinite(net.params().sumNumber().doubleValue())) {
            throw new ArithmeticException("training diverged: choose a --learning-rate below " + learningRate);
        }
    }
}
