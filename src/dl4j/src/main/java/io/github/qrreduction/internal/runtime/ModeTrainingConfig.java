package io.github.qrreduction.internal.runtime;

import java.util.List;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * The configuration as DL4J's updater sees it. The steps of a mode belong to a layer at work, which remembers matrices,
 * so they are added here and not in the configuration, which is shared, saved and compared.
 */
final class ModeTrainingConfig implements TrainingConfig {

    private final TrainingConfig conf;
    private final ComponentsMode mode;

    ModeTrainingConfig(TrainingConfig conf, ComponentsMode mode) {
        this.conf = conf;
        this.mode = mode;
    }

    @Override
    public List<Regularization> getRegularizationByParam(String paramName) {
        List<Regularization> configured = conf.getRegularizationByParam(paramName);
        if (!ParameterKeys.COMPONENTS.equals(paramName)) {
            return configured;
        }
        return mode.regularization(configured == null ? List.of() : configured);
    }

    @Override
    public String getLayerName() {
        return conf.getLayerName();
    }

    @Override
    public boolean isPretrainParam(String paramName) {
        return conf.isPretrainParam(paramName);
    }

    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        return conf.getUpdaterByParam(paramName);
    }

    @Override
    public GradientNormalization getGradientNormalization() {
        return conf.getGradientNormalization();
    }

    @Override
    public double getGradientNormalizationThreshold() {
        return conf.getGradientNormalizationThreshold();
    }

    @Override
    public void setDataType(DataType dataType) {
        conf.setDataType(dataType);
    }
}
