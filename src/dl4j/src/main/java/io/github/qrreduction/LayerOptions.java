package io.github.qrreduction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Options that DL4J keeps state in or shares between layers: copies of a layer's own, and what it inherits. */
final class LayerOptions {

    private LayerOptions() {}

    /** As DenseLayer, kind by kind: the network's L1 and L2 where the layer has none of its kind, and all else. */
    static List<Regularization> inherited(List<Regularization> own, List<Regularization> global) {
        if (own == null || own.isEmpty()) {
            return copyOf(global);
        }
        List<Regularization> all = copyOf(own);
        for (Regularization r : global == null ? List.<Regularization>of() : global) {
            boolean ofItsKind = r instanceof L1Regularization || r instanceof L2Regularization;
            if (!ofItsKind || own.stream().noneMatch(o -> o.getClass() == r.getClass())) {
                all.add(r.clone());
            }
        }
        return all;
    }

    /** Null for null. */
    static List<Regularization> copyOf(List<Regularization> list) {
        if (list == null) {
            return null;
        }
        List<Regularization> copy = new ArrayList<>(list.size());
        for (Regularization r : list) {
            copy.add(r.clone());
        }
        return copy;
    }

    /** With their parameters' keys, which DL4J's own clones may leave out. */
    static List<LayerConstraint> copyOfConstraints(List<LayerConstraint> constraints) {
        List<LayerConstraint> copy = new ArrayList<>(constraints.size());
        for (LayerConstraint c : constraints) {
            LayerConstraint d = c.clone();
            d.setParams(c.getParams() == null ? null : new HashSet<>(c.getParams()));
            copy.add(d);
        }
        return copy;
    }
}
