package io.github.qrreduction.behaviour;

import static io.github.qrreduction.testutil.Networks.reduction;
import static io.github.qrreduction.testutil.Networks.withMse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

/** A configuration in JSON is refused by what a builder refuses, before any parameter is allocated. */
class ConfigurationFromOutsideTest {

    private static final String LAYER = "QRReductionLayer (name=layer0)";

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"nOut\" : 2 | \"nOut\" : 0 |"
                        + " QRReductionLayer (index=0, name=layer0) nIn=5, nOut=0; nIn and nOut must be > 0",
                "\"nOut\" : 2 | \"nOut\" : -2 |"
                        + " QRReductionLayer (index=0, name=layer0) nIn=5, nOut=-2; nIn and nOut must be > 0",
                "\"nIn\" : 5 | \"nIn\" : -5 |"
                        + " QRReductionLayer (index=0, name=layer0) nIn=-5, nOut=2; nIn and nOut must be > 0",
                "\"nIn\" : 5 | \"nIn\" : 1 | LAYER: expected nOut (nComponents) <= nIn (inputSize),"
                        + " since a reduction has no more components than inputs, got nOut=2 > nIn=1",
                "\"nIn\" : 5 | \"nIn\" : 9223372036854775807 | LAYER: expected nIn * nOut numbers that fit"
                        + " into memory, got nIn=9223372036854775807, nOut=2",
                "\"orthonormality\" : \"NONE\" | \"orthonormality\" : null | LAYER: expected orthonormality NONE,"
                        + " RETRACTION or PARAMETRIZATION, got null",
                "\"orthonormalityPenalty\" : 0.0 | \"orthonormalityPenalty\" : -1.0 | LAYER: expected a finite"
                        + " orthonormalityPenalty >= 0, got -1.0",
                "\"orthonormalityPenalty\" : 0.0 | \"orthonormalityPenalty\" : \"NaN\" | LAYER: expected a finite"
                        + " orthonormalityPenalty >= 0, got NaN",
                "\"dataFormat\" : \"NCW\" | \"dataFormat\" : null | LAYER: expected dataFormat NCW or NWC, got null",
            })
    void nonsenseIsRefusedByName(String old, String replacement, String message) {
        assertThat(catchThrowable(() -> rebuilt(old, replacement)))
                .isNotNull()
                .hasMessage(message.replace("LAYER", LAYER));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"orthonormality\" : \"NONE\" | \"orthonormality\" : \"ROTATION\" | ROTATION",
                "\"nOut\" : 2 | \"nOut\" : \"two\" | two",
                "\"orthonormality\" : \"NONE\" | \"orthonormalitz\" : \"NONE\" | orthonormalitz",
                "\"hasBias\" : false | \"hasBias\" : 7.5 | hasBias",
            })
    void whatTheLayerDoesNotKnowIsRefusedByName(String old, String replacement, String named) {
        Throwable thrown = catchThrowable(() -> rebuilt(old, replacement));
        assertThat(thrown).isNotNull();
        StringBuilder messages = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            messages.append(t.getMessage()).append('\n');
        }
        assertThat(messages).contains(named);
    }

    private static void rebuilt(String old, String replacement) {
        String json = withMse(DataType.FLOAT, new Sgd(0.1), reduction(5, 2).build())
                .getLayerWiseConfigurations()
                .toJson();
        assertThat(json).contains(old);
        new MultiLayerNetwork(MultiLayerConfiguration.fromJson(json.replace(old, replacement))).init();
    }
}
