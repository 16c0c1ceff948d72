package io.github.qrreduction.internal.runtime;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The layer of that name at work, {@code x Q^T}; a class of its own, since DL4J's {@code summary()} shows classes'
 * names.
 */
final class QRReductionLayer extends RunningLayer {

    private static final long serialVersionUID = 1L;

    QRReductionLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    RunningLayer like(NeuralNetConfiguration copy) {
        return new QRReductionLayer(copy, dataType);
    }
}
