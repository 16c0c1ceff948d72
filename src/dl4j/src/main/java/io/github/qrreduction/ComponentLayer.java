package io.github.qrreduction;

import io.github.qrreduction.internal.runtime.ParameterKeys;
import io.github.qrreduction.internal.runtime.RunningLayer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonAnySetter;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;

/**
 * What the layers of this library share: a trainable matrix {@code Q} of shape (nOut, nIn), whose rows are the
 * components, an optional bias, and a SameDiff graph that says what is computed from them.
 *
 * <p>DL4J configures, initialises, updates, saves and clones such a layer as it does its own. See
 * {@link QRReductionLayer} for the layer that people use.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE,
        setterVisibility = JsonAutoDetect.Visibility.NONE)
@JsonIgnoreProperties({"layerParams", "weightInit", "paramWeightInit"})
public abstract sealed class ComponentLayer extends SameDiffLayer permits QRReductionLayer, QRReconstructionLayer {

    private static final long serialVersionUID = 1L;

    /** Key of the matrix of components, shape (nOut, nIn), 'c' order. */
    public static final String COMPONENTS_KEY = ParameterKeys.COMPONENTS;

    /** Key of the bias, shape (length). */
    public static final String BIAS_KEY = ParameterKeys.BIAS;

    private long nIn;
    private long nOut;
    private boolean hasBias;
    private double biasInit = Double.NaN;
    private IWeightInit weightInitFn;
    private IWeightNoise weightNoise;
    private RNNFormat dataFormat = RNNFormat.NCW;
    private Orthonormality orthonormality = Orthonormality.NONE;
    private double orthonormalityPenalty;
    /** What the InputType said the input is; null without one. */
    private Boolean sequences;

    /** For Jackson only. */
    ComponentLayer() {}

    /** A property that is lost may be the mode itself, and the network would go on as another one. */
    @JsonAnySetter
    void refuseUnknown(String property, Object value) {
        throw new DL4JInvalidConfigException(
                describe() + ": expected properties of this version of the library, got \"" + property
                        + "\" with value " + value + " in a saved configuration, which is damaged or of a later one");
    }

    /**
     * Takes over what the builder holds; instances that DL4J keeps state in or changes are copied.
     *
     * @param builder the options
     */
    @SuppressWarnings("this-escape") // initializeConstraints is DL4J's own, and overridable
    ComponentLayer(ComponentLayerBuilder<?> builder) {
        super(builder);
        this.weightInit = null;
        this.nIn = builder.nIn;
        this.nOut = builder.nOut;
        this.hasBias = builder.hasBias;
        this.biasInit = builder.biasInit;
        this.weightInitFn = builder.weightInitFn;
        this.weightNoise = builder.weightNoise == null ? null : builder.weightNoise.clone();
        this.dataFormat = builder.dataFormat;
        this.orthonormality = builder.orthonormality;
        this.orthonormalityPenalty = builder.orthonormalityPenalty;
        this.regularization = LayerOptions.copyOf(builder.regularizations());
        this.regularizationBias = LayerOptions.copyOf(builder.biasRegularizations());
        this.gradientNormalization = builder.gradientNormalization;
        this.gradientNormalizationThreshold = builder.gradientNormalizationThreshold;
        this.updater = updater == null ? null : updater.clone();
        this.biasUpdater = biasUpdater == null ? null : biasUpdater.clone();
        initializeConstraints(builder);
        this.iDropout = iDropout == null ? null : iDropout.clone();
        LayerChecks.requireValid(this, describe());
    }

    /**
     * The width of what the layer puts out.
     *
     * @return activations per example (and time step)
     */
    public abstract long outputSize();

    /**
     * The number of inputs.
     *
     * @return nIn; 0 before it is known
     */
    public long getNIn() {
        return nIn;
    }

    /**
     * The number of components.
     *
     * @return nOut
     */
    public long getNOut() {
        return nOut;
    }

    /**
     * Sets the number of inputs, for a configuration that is not in use yet.
     *
     * @param nIn number of inputs
     */
    public void setNIn(long nIn) {
        this.nIn = nIn;
    }

    /**
     * Sets the number of components, for a configuration that is not in use yet.
     *
     * @param nOut number of components
     */
    public void setNOut(long nOut) {
        this.nOut = nOut;
    }

    /**
     * Whether the layer adds a bias.
     *
     * @return true with a parameter "b"
     */
    public boolean hasBias() {
        return hasBias;
    }

    /**
     * The value that the bias starts from.
     *
     * @return the bias's initial value
     */
    public double getBiasInit() {
        return Double.isNaN(biasInit) ? 0.0 : biasInit;
    }

    /**
     * What draws the components' initial values.
     *
     * @return the layer's own weight initialisation, or null for rows uniform on the Stiefel manifold
     */
    public IWeightInit getWeightInitFn() {
        return weightInitFn;
    }

    /**
     * The noise put on the parameters in training.
     *
     * @return the weight noise, or null
     */
    public IWeightNoise getWeightNoise() {
        return weightNoise;
    }

    /**
     * How input of rank 3 is laid out.
     *
     * @return {@link RNNFormat#NCW} for [batch, size, time], {@link RNNFormat#NWC} for [batch, time, size]
     */
    public RNNFormat getDataFormat() {
        return dataFormat;
    }

    /**
     * Whether and how the components are kept orthonormal.
     *
     * @return the mode
     */
    public Orthonormality getOrthonormality() {
        return orthonormality;
    }

    /**
     * The weight of the penalty {@code lambda ||QQ^T - I||_F^2} of the raw parameter.
     *
     * @return lambda; 0 for none
     */
    public double getOrthonormalityPenalty() {
        return orthonormalityPenalty;
    }

    /** Whether the InputType said that the input is sequences; null without an InputType. */
    Boolean knownSequences() {
        return sequences;
    }

    /**
     * Length of the bias.
     *
     * @return number of bias parameters, 0 without bias
     */
    public long biasLength() {
        return hasBias ? outputSize() : 0;
    }

    @Override
    public void defineParameters(SDLayerParams params) {
        params.addWeightParam(COMPONENTS_KEY, nOut, nIn);
        if (hasBias) {
            params.addBiasParam(BIAS_KEY, outputSize());
        }
    }

    /** Computed at each call: nIn and nOut may change between two. */
    @Override
    public SDLayerParams getLayerParams() {
        SDLayerParams params = new SDLayerParams();
        defineParameters(params);
        return params;
    }

    @Override
    public void initializeParameters(Map<String, INDArray> params) {
        ComponentParamInitializer.initialize(this, params);
    }

    @Override
    public ParamInitializer initializer() {
        return ComponentParamInitializer.INSTANCE;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        LayerValidation.assertNInNOutSet(getClass().getSimpleName(), getLayerName(), layerIndex, nIn, nOut);
        LayerChecks.requireValid(this, describe());
        // A network's own: sizes and format of a layer object in two networks are those of whichever came last.
        conf.setLayer(clone());
        RunningLayer layer = RunningLayer.of(conf, networkDataType, this instanceof QRReconstructionLayer);
        layer.setListeners(trainingListeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(layerParamsView);
        layer.setParamTable(initializer().init(conf, layerParamsView, initializeParams));
        if (!initializeParams) {
            layer.restoreWherePossible();
        }
        return layer;
    }

    private String describe() {
        return getClass().getSimpleName() + " (name=" + (layerName == null ? "(name not set)" : layerName) + ")";
    }

    // ---- shapes and input types ----

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputTypes.output(inputType, outputSize(), layerIndex, getLayerName());
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        long size = InputTypes.size(inputType, getLayerName());
        sequences = inputType instanceof InputType.InputTypeRecurrent;
        if (sequences) {
            dataFormat = ((InputType.InputTypeRecurrent) inputType).getFormat();
        }
        if (nIn <= 0 || override) {
            nIn = size;
        }
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return InputTypes.preProcessor(inputType, getLayerName());
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType outputType = getOutputType(-1, inputType);
        long parameters = initializer().numParams(this);
        long dropoutCopy = iDropout == null ? 0 : inputType.arrayElementsPerExample();
        return new LayerMemoryReport.Builder(layerName, getClass(), inputType, outputType)
                .standardMemory(parameters, updater == null ? 0 : updater.stateSize(parameters))
                .workingMemory(0, 0, 0, dropoutCopy)
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    // ---- what DL4J asks a layer about training ----

    @Override
    public List<Regularization> getRegularizationByParam(String paramName) {
        if (COMPONENTS_KEY.equals(paramName)) {
            return regularization;
        }
        return BIAS_KEY.equals(paramName) && hasBias ? regularizationBias : null;
    }

    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        if (BIAS_KEY.equals(paramName) && hasBias) {
            return biasUpdater != null ? biasUpdater : updater;
        }
        if (COMPONENTS_KEY.equals(paramName)) {
            return updater;
        }
        throw new IllegalStateException(describe() + ": expected a parameter of "
                + initializer().paramKeys(this) + ", got \"" + paramName + "\"");
    }

    /** As DenseLayer: what the layer does not set itself comes from the network, as a copy of its own. */
    @Override
    public void applyGlobalConfig(NeuralNetConfiguration.Builder global) {
        regularization = LayerOptions.inherited(regularization, global.getRegularization());
        regularizationBias = LayerOptions.inherited(regularizationBias, global.getRegularizationBias());
        if (updater == null && global.getIUpdater() != null) {
            updater = global.getIUpdater().clone();
        }
        if (biasUpdater == null && global.getBiasUpdater() != null) {
            biasUpdater = global.getBiasUpdater().clone();
        }
        if (gradientNormalization == null) {
            gradientNormalization = global.getGradientNormalization();
        }
        if (Double.isNaN(gradientNormalizationThreshold)) {
            gradientNormalizationThreshold = global.getGradientNormalizationThreshold();
        }
        if (Double.isNaN(biasInit)) {
            biasInit = global.getBiasInit();
        }
        if (weightNoise == null && global.getWeightNoise() != null) {
            weightNoise = global.getWeightNoise().clone();
        }
    }

    @Override
    public void resetLayerDefaultConfig() {
        super.resetLayerDefaultConfig();
        updater = null;
        biasUpdater = null;
        regularization = null;
        regularizationBias = null;
        biasInit = Double.NaN;
        gradientNormalization = GradientNormalization.None;
        gradientNormalizationThreshold = 1.0;
    }

    // ---- value semantics ----

    @Override
    public ComponentLayer clone() {
        ComponentLayer copy = (ComponentLayer) super.clone();
        copy.iDropout = iDropout == null ? null : iDropout.clone();
        copy.weightNoise = weightNoise == null ? null : weightNoise.clone();
        copy.updater = updater == null ? null : updater.clone();
        copy.biasUpdater = biasUpdater == null ? null : biasUpdater.clone();
        copy.constraints = constraints == null ? null : LayerOptions.copyOfConstraints(constraints);
        copy.regularization = LayerOptions.copyOf(regularization);
        copy.regularizationBias = LayerOptions.copyOf(regularizationBias);
        return copy;
    }

    /** Everything that the configuration holds, in one place for equals and toString. */
    private List<Object> values() {
        List<Object> values = new ArrayList<>();
        values.add(layerName);
        values.add(nIn);
        values.add(nOut);
        values.add(hasBias);
        values.add(getBiasInit());
        values.add(dataFormat);
        values.add(orthonormality);
        values.add(orthonormalityPenalty);
        values.add(weightInitFn);
        values.add(weightNoise);
        values.add(iDropout);
        values.add(constraints);
        values.add(updater);
        values.add(biasUpdater);
        values.add(regularization == null ? List.of() : regularization);
        values.add(regularizationBias == null ? List.of() : regularizationBias);
        values.add(gradientNormalization);
        values.add(gradientNormalizationThreshold);
        return values;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof ComponentLayer;
    }

    /** Of one class: a reduction and a reconstruction with the same settings compute different things. */
    @Override
    @SuppressWarnings("EqualsGetClass")
    public boolean equals(Object o) {
        return this == o || (o != null && o.getClass() == getClass() && values().equals(((ComponentLayer) o).values()));
    }

    /** Of what has a value hash in DL4J: equal configurations hash alike. */
    @Override
    public int hashCode() {
        return Objects.hash(
                getClass().getName(), layerName, nIn, nOut, hasBias, dataFormat == null ? null : dataFormat.name());
    }

    @Override
    public String toString() {
        IDropout dropout = iDropout;
        return getClass().getSimpleName() + "(layerName=" + layerName + ", nIn=" + nIn + ", nOut=" + nOut
                + ", hasBias=" + hasBias + ", dataFormat=" + dataFormat + ", orthonormality="
                + orthonormality
                + (orthonormalityPenalty == 0 ? "" : ", orthonormalityPenalty=" + orthonormalityPenalty)
                + ", weightInit="
                + (weightInitFn == null
                        ? "uniform on the Stiefel manifold"
                        : weightInitFn.getClass().getSimpleName())
                + ", updater=" + updater + (dropout == null ? "" : ", dropOut=" + dropout) + ")";
    }
}
