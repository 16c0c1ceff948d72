package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.ComponentLayer;
import java.lang.reflect.Field;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.buffer.DataType;

/** Lets benchmarks run a layer's graph the slow way. */
public final class SessionRuns {

    private SessionRuns() {}

    /**
     * From now on the layer's graph is run by SameDiff's session instead of by its plan.
     *
     * @param layer a layer of this library, FLOAT
     */
    public static void useSessions(Layer layer) {
        GraphLayer graphLayer = GraphLayers.unwrap(layer);
        ComponentLayer conf = graphLayer.layerConf();
        Map<String, long[]> shapes = conf.getLayerParams().getParamShapes();
        LayerGraph graph = new LayerGraph(conf, DataType.FLOAT, conf.getNIn(), conf.outputSize(), shapes);
        try {
            // The choice is the layer's own, and no user's: it has no setter, so none is made for a benchmark.
            Field execution = GraphLayer.class.getDeclaredField("execution");
            execution.setAccessible(true);
            execution.set(graphLayer, new SessionExecution(graph));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("GraphLayer has changed: adapt this class", e);
        }
    }
}
