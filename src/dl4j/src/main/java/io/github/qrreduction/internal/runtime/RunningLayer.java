package io.github.qrreduction.internal.runtime;

import io.github.qrreduction.ComponentLayer;
import io.github.qrreduction.internal.nd4j.Workspaces;
import io.github.qrreduction.internal.stiefel.Stiefel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A {@link ComponentLayer} at work in a network: DL4J's calls, as DenseLayer answers them, turned into runs of the
 * layer's graph. The methods from "parameters" on are what DL4J's Layer and Model ask of every layer.
 */
public abstract class RunningLayer extends AbstractLayer<ComponentLayer> {

    private static final long serialVersionUID = 1L;

    private transient LayerPlans plans;
    private transient ComponentsMode mode;

    private final LayerParameters parameters = new LayerParameters();
    private Gradient gradient;
    private final WeightNoises noises = new WeightNoises();

    /**
     * A layer without parameters yet.
     *
     * @param conf its configuration
     * @param dataType the network's data type
     */
    protected RunningLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    /**
     * A layer without parameters yet, of the class whose name DL4J's {@code summary()} shows.
     *
     * @param conf its configuration
     * @param dataType the network's data type
     * @param reconstructs whether it goes the way back too
     * @return the layer
     */
    public static RunningLayer of(NeuralNetConfiguration conf, DataType dataType, boolean reconstructs) {
        return reconstructs ? new QRReconstructionLayer(conf, dataType) : new QRReductionLayer(conf, dataType);
    }

    /** A layer of the same class, without parameters yet. */
    abstract RunningLayer like(NeuralNetConfiguration conf);

    /** Made at first use, by whichever thread comes first: Java serialization leaves it out. */
    private synchronized LayerPlans plans() {
        if (plans == null) {
            ComponentLayer c = layerConf();
            plans = Workspaces.outside(() -> {
                Map<String, long[]> shapes = c.getLayerParams().getParamShapes();
                return new LayerPlans(
                        new LayerDefinition(c, dataType, c.getNIn(), c.outputSize(), shapes), shapes.keySet());
            });
        }
        return plans;
    }

    private synchronized ComponentsMode mode() {
        if (mode == null) {
            ComponentLayer c = layerConf();
            List<Regularization> regularization = c.getRegularizationByParam(ParameterKeys.COMPONENTS);
            mode = ComponentsMode.of(
                    c.getOrthonormality(),
                    new ModeSettings(
                            c.toString(),
                            c.getNOut(),
                            c.getNIn(),
                            c.getOrthonormalityPenalty(),
                            regularization == null ? List.of() : regularization));
        }
        return mode;
    }

    // ---- forward and backward ----

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        applyDropOutIfNecessary(training, workspaceMgr);
        InputRows rows = inputRows(ArrayType.FF_WORKING_MEM, workspaceMgr);
        if (training) {
            mode().settle(parameters.components());
        }
        INDArray out = workspaceMgr.createUninitialized(
                ArrayType.ACTIVATIONS,
                dataType,
                new long[] {rows.values().size(0), layerConf().outputSize()},
                'c');
        plans().forward(
                        rows.values(),
                        graphParams(noises.of(parameters.table(), this, training, workspaceMgr)),
                        out,
                        shape -> workspaceMgr.createUninitialized(ArrayType.FF_WORKING_MEM, dataType, shape, 'c'));
        rows.hide(out);
        return rows.likeInput(out);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        applyDropOutIfNecessary(true, workspaceMgr);
        InputRows rows = inputRows(ArrayType.BP_WORKING_MEM, workspaceMgr);
        INDArray delta = rows.gradient(epsilon);
        INDArray inputGradient = workspaceMgr.createUninitialized(
                ArrayType.ACTIVATION_GRAD, dataType, rows.values().shape(), 'c');
        boolean wanted = !InputGradient.isDiscarded(index);
        Map<String, INDArray> used = noises.of(parameters.table(), this, true, workspaceMgr);
        Map<String, INDArray> gradients = parameters.gradients();
        plans().backward(
                        rows.values(),
                        graphParams(used),
                        delta,
                        gradients,
                        wanted ? inputGradient : null,
                        shape -> workspaceMgr.createUninitialized(ArrayType.BP_WORKING_MEM, dataType, shape, 'c'));
        mode().pullBack(used.get(ParameterKeys.COMPONENTS), gradients.get(ParameterKeys.COMPONENTS));
        noises.clear();

        gradient = new DefaultGradient();
        gradients.forEach(gradient::setGradientFor);
        INDArray result = rows.likeInput(inputGradient);
        return new Pair<>(gradient, wanted ? backpropDropOutIfPresent(result) : result);
    }

    private InputRows inputRows(ArrayType memory, LayerWorkspaceMgr workspaceMgr) {
        ComponentLayer c = layerConf();
        Shapes.checkInput(input, c.getNIn(), c.getDataFormat(), layerId());
        return new InputRows(input, maskArray, dataType, c.getDataFormat(), memory, workspaceMgr, layerId());
    }

    private Map<String, INDArray> graphParams(Map<String, INDArray> raw) {
        INDArray q = raw.get(ParameterKeys.COMPONENTS);
        INDArray matrix = mode().components(q);
        if (matrix == q) {
            return raw;
        }
        Map<String, INDArray> seen = new HashMap<>(raw);
        seen.put(ParameterKeys.COMPONENTS, matrix);
        return seen;
    }

    // ---- parameters ----

    /**
     * The matrix of components: {@code qf(W)} with PARAMETRIZATION, the orthonormal matrix nearest to Q with
     * RETRACTION (Q itself, but after writes from outside), else Q.
     *
     * @return (nOut, nIn), a copy outside any workspace
     */
    public INDArray componentsInUse() {
        return Workspaces.outside(
                () -> mode().components(mode().admit(parameters.components())).dup('c'));
    }

    /**
     * The matrix that {@code output} computes with: as {@link #componentsInUse()}, but as it stands after writes from
     * outside.
     *
     * @return (nOut, nIn), a copy outside any workspace
     */
    public INDArray componentsAsTheyStand() {
        return Workspaces.outside(
                () -> mode().components(parameters.components()).dup('c'));
    }

    /**
     * The orthonormality error of what the layer computes with now.
     *
     * @return {@code ||Q Q^T - I||_F}, measured in float64
     */
    public double orthonormalityError() {
        return Stiefel.orthonormalityError(mode().components(parameters.components()));
    }

    /** With RETRACTION, brings Q back to the nearest orthonormal matrix where something has moved it off. */
    public void restore() {
        mode().settle(parameters.components());
    }

    /**
     * As {@link #restore()}, for parameters that come with the layer: of a loaded or cloned network, or of one
     * converted to a type with less rounding. Those that have no nearest orthonormal matrix stay as they are, until
     * training or {@code restore} says so.
     */
    public void restoreWherePossible() {
        try {
            restore();
        } catch (DL4JException asTheyAre) {
            // Zeros, before DL4J has written the values, among them.
        }
    }

    @Override
    public INDArray params() {
        return parameters.vector();
    }

    @Override
    public long numParams() {
        return parameters.length();
    }

    @Override
    public INDArray getParam(String key) {
        return parameters.get(key);
    }

    @Override
    public void setParam(String key, INDArray value) {
        parameters.set(key, value, mode(), layerId());
    }

    @Override
    public void setParams(INDArray values) {
        parameters.setVector(values, layerId());
    }

    @Override
    public void setParamsViewArray(INDArray view) {
        parameters.setView(view, layerId());
    }

    @Override
    public Map<String, INDArray> paramTable() {
        return parameters.table();
    }

    @Override
    public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
        return parameters.table();
    }

    @Override
    public void setParamTable(Map<String, INDArray> table) {
        if (parameters.table() == null) {
            parameters.setTable(table);
        } else {
            table.forEach(this::setParam);
        }
    }

    @Override
    public INDArray getGradientsViewArray() {
        return parameters.gradientVector();
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        parameters.setGradients(view, layerConf().initializer().getGradientsFromFlattened(conf(), view));
    }

    @Override
    public void clearNoiseWeightParams() {
        noises.clear();
    }

    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        double sum = 0.0;
        for (Map.Entry<String, INDArray> e : parameters.table().entrySet()) {
            List<Regularization> terms = getConfig().getRegularizationByParam(e.getKey());
            for (Regularization r : terms == null ? List.<Regularization>of() : terms) {
                sum += r.score(e.getValue(), getIterationCount(), getEpochCount());
            }
        }
        return sum;
    }

    // ---- training ----

    /** The layer's configuration, with the steps that its mode adds for Q. */
    @Override
    public TrainingConfig getConfig() {
        return new ModeTrainingConfig(layerConf(), mode());
    }

    /** Last in a training step: what a user's constraint has done to Q is within the mode's bounds again. */
    @Override
    public void applyConstraints(int iteration, int epoch) {
        List<LayerConstraint> constraints = layerConf().getConstraints();
        if (constraints != null && !constraints.isEmpty()) {
            super.applyConstraints(iteration, epoch);
            mode().settle(parameters.components());
        }
    }

    // ---- the rest of DL4J's Layer and Model ----

    @Override
    public Gradient gradient() {
        return gradient;
    }

    @Override
    public double score() {
        return 0.0;
    }

    @Override
    public void update(Gradient gradient) {
        gradient.gradientForVariable().forEach((key, g) -> update(g, key));
    }

    @Override
    public void update(INDArray gradient, String key) {
        INDArray current = getParam(key);
        current.addi(gradient.reshape(current.shape()));
    }

    @Override
    public void computeGradientAndScore(LayerWorkspaceMgr workspaceMgr) {
        if (input != null) {
            activate(true, workspaceMgr);
        }
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public void clear() {
        super.clear();
        noises.clear();
    }

    @Override
    public Layer clone() {
        NeuralNetConfiguration copyOfConf = conf.clone();
        RunningLayer copy = like(copyOfConf);
        copy.setIndex(index);
        copy.setParamsViewArray(params().dup());
        Map<String, INDArray> views = layerConf().initializer().init(copyOfConf, copy.params(), false);
        copy.setParamTable(new LinkedHashMap<>(views));
        return copy;
    }

    /** Identity, as every other layer of DL4J's that holds arrays. */
    @Override
    public boolean equals(Object o) {
        return this == o;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(index=" + index + ", " + layerConf() + ")";
    }
}
