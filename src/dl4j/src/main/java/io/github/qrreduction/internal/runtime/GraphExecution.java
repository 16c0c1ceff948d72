package io.github.qrreduction.internal.runtime;

import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A way to run a {@link LayerGraph} on rank-2 arrays, with results written where DL4J wants them. */
interface GraphExecution {

    /**
     * Writes the layer's output.
     *
     * @param input (rows, nIn)
     * @param parameters by key
     * @param output (rows, output size), overwritten
     * @param memory makes uninitialised 'c' arrays of a shape for what lies between
     */
    void forward(INDArray input, Map<String, INDArray> parameters, INDArray output, Function<long[], INDArray> memory);

    /**
     * Writes the gradients.
     *
     * @param input (rows, nIn)
     * @param parameters by key
     * @param epsilon gradient at the output, (rows, output size)
     * @param gradients by parameter key, overwritten
     * @param inputGradient (rows, nIn), overwritten; null where nobody asks
     * @param memory makes uninitialised 'c' arrays of a shape for what lies between
     */
    void backward(
            INDArray input,
            Map<String, INDArray> parameters,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            INDArray inputGradient,
            Function<long[], INDArray> memory);
}
