package io.github.qrreduction.compatibility;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What DL4J's two kinds of network do alike, under one name. */
final class Models {

    private Models() {}

    static INDArray output(Model model, INDArray input) {
        return model instanceof MultiLayerNetwork net
                ? net.output(input)
                : ((ComputationGraph) model).outputSingle(input);
    }

    static void fit(Model model, DataSet data) {
        if (model instanceof MultiLayerNetwork net) {
            net.fit(data);
        } else {
            ((ComputationGraph) model).fit(data);
        }
    }

    static INDArray updaterState(Model model) {
        return model instanceof MultiLayerNetwork net
                ? net.getUpdater().getStateViewArray()
                : ((ComputationGraph) model).getUpdater().getStateViewArray();
    }

    static String json(Model model) {
        return model instanceof MultiLayerNetwork net
                ? net.getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) model).getConfiguration().toJson();
    }
}
