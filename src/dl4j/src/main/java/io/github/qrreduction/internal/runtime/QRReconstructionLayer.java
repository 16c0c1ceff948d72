package io.github.qrreduction.internal.runtime;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The layer of that name at work, {@code x Q^T Q}; a class of its own, since DL4J's {@code summary()} shows classes'
 * names.
 */
final class QRReconstructionLayer extends RunningLayer {

    private static final long serialVersionUID = 1L;

    QRReconstructionLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    RunningLayer like(NeuralNetConfiguration copy) {
        return new QRReconstructionLayer(copy, dataType);
    }
}
