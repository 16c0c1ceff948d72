package io.github.qrreduction;

import io.github.qrreduction.internal.files.Tensors;
import io.github.qrreduction.vectors.ReductionFile;
import io.github.qrreduction.vectors.Tensor;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Components as files and reductions without ND4J hold them, and back. */
final class ComponentFiles {
    private ComponentFiles() {}

    /** All parts, in the components' own type. */
    static ReductionFile parts(Components c) {
        return ReductionFile.of(Tensors.of(c.matrix()), tensor(c.bias()), tensor(c.mean()))
                .withMetadata(c.metadata());
    }

    /** The parts that a format holds: the metadata only where it can. */
    static ReductionFile parts(Components c, String nameOrFormat) {
        ReductionFile parts = parts(c);
        return nameOrFormat.toLowerCase(Locale.ROOT).endsWith("safetensors")
                ? parts
                : ReductionFile.of(
                        parts.matrix(),
                        parts.bias().orElse(null),
                        parts.mean().orElse(null));
    }

    private static Tensor tensor(INDArray vector) {
        return vector == null ? null : Tensors.of(vector);
    }

    /**
     * Components from their parts.
     *
     * @param place goes before a message: "file: ", or nothing
     */
    static Components components(ReductionFile parts, String place) {
        if (parts.normalizesBefore() || parts.normalizesAfter()) {
            throw new IllegalArgumentException(place
                    + "expected a reduction without unit length before or after, which components do not have, got one"
                    + " with it; use it as a Reduction");
        }
        return Components.of(
                        Tensors.array(parts.matrix()),
                        parts.bias().map(Tensors::array).orElse(null))
                .withMean(parts.mean().map(Tensors::array).orElse(null))
                .withMetadata(parts.metadata());
    }
}
