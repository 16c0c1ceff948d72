package io.github.qrreduction.examples;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * A network with the record of its training.
 *
 * @param name what to call it in tables and pictures
 * @param network the network after the last epoch
 * @param losses mean loss over all training digits after each epoch
 * @param testAccuracy share of the test digits that it names rightly
 */
record TrainedNetwork(String name, MultiLayerNetwork network, double[] losses, double testAccuracy) {

    double firstLoss() {
        return losses[0];
    }

    double lastLoss() {
        return losses[losses.length - 1];
    }
}
