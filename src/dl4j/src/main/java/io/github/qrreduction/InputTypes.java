package io.github.qrreduction;

import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** What DL4J's InputTypes mean to a layer that takes rows and sequences: as DenseLayer, and sequences natively. */
final class InputTypes {

    private InputTypes() {}

    /** Features per example (and time step). */
    static long size(InputType type, String layerName) {
        if (type instanceof InputType.InputTypeFeedForward flat) {
            return flat.getSize();
        }
        if (type instanceof InputType.InputTypeConvolutionalFlat flat) {
            return flat.getFlattenedSize();
        }
        if (type instanceof InputType.InputTypeRecurrent sequence) {
            return sequence.getSize();
        }
        throw new IllegalStateException(
                "Layer \"" + layerName + "\": expected a FeedForward or Recurrent input type, got " + type);
    }

    /** The same kind of type, of another size. */
    static InputType output(InputType type, long size, int layerIndex, String layerName) {
        if (type instanceof InputType.InputTypeFeedForward flat) {
            return InputType.feedForward(size, flat.getTimeDistributedFormat());
        }
        if (type instanceof InputType.InputTypeConvolutionalFlat) {
            return InputType.feedForward(size);
        }
        if (type instanceof InputType.InputTypeRecurrent r) {
            return InputType.recurrent(size, r.getTimeSeriesLength(), r.getFormat());
        }
        throw new IllegalStateException("Layer " + layerIndex + ", \"" + layerName
                + "\": expected a FeedForward or Recurrent input type, got " + type);
    }

    /** DL4J's own flattening for convolutional types; nothing for what the layer takes itself. */
    static InputPreProcessor preProcessor(InputType type, String layerName) {
        if (type == null) {
            throw new IllegalStateException(
                    "Layer \"" + layerName + "\": expected a FeedForward or Recurrent input type, got null");
        }
        return switch (type.getType()) {
            case CNN -> {
                InputType.InputTypeConvolutional c = (InputType.InputTypeConvolutional) type;
                yield new CnnToFeedForwardPreProcessor(c.getHeight(), c.getWidth(), c.getChannels(), c.getFormat());
            }
            case CNN3D -> {
                InputType.InputTypeConvolutional3D d = (InputType.InputTypeConvolutional3D) type;
                yield new Cnn3DToFeedForwardPreProcessor(
                        d.getDepth(),
                        d.getHeight(),
                        d.getWidth(),
                        d.getChannels(),
                        d.getDataFormat() == Convolution3D.DataFormat.NCDHW);
            }
            default -> null;
        };
    }
}
