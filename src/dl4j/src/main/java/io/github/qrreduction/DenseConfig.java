package io.github.qrreduction;

import io.github.qrreduction.vectors.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * The {@code config.json} of a Dense module.
 *
 * @param nIn in_features
 * @param nOut out_features
 * @param bias whether there is one
 */
record DenseConfig(int nIn, int nOut, boolean bias) {
    private static final String IDENTITY = "torch.nn.modules.linear.Identity";

    static DenseConfig read(Path file) throws IOException {
        JsonNode values = DenseModules.json(file);
        JsonNode activation = values.path("activation_function");
        // Without one, sentence-transformers takes Tanh.
        if (!activation.asText().equals(IDENTITY)) {
            throw new IllegalArgumentException(
                    file + ": expected the activation_function " + IDENTITY + ", got " + shown(activation));
        }
        JsonNode bias = values.path("bias");
        if (!bias.isBoolean() && !bias.isMissingNode()) {
            throw new IllegalArgumentException(file + ": expected true or false for bias, got " + shown(bias));
        }
        return new DenseConfig(
                size(file, values, "in_features"), size(file, values, "out_features"), bias.asBoolean(true));
    }

    /** The width that a Dense module gives, whatever its activation. */
    static int outFeatures(Path file) throws IOException {
        return size(file, DenseModules.json(file), "out_features");
    }

    private static int size(Path file, JsonNode values, String key) {
        JsonNode value = values.path(key);
        if (!value.isInt() || value.asInt() < 1) {
            throw new IllegalArgumentException(
                    file + ": expected an integer of at least 1 for " + key + ", got " + shown(value));
        }
        return value.asInt();
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "none" : DenseModules.shown(value);
    }

    /** Whether a file is the configuration of a Dense module, and not of something else. */
    static boolean isOne(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        JsonNode values = DenseModules.json(file);
        return values.has("in_features") && values.has("out_features");
    }

    /** The width that a Pooling module gives, or null where its configuration does not say it in one number. */
    static Integer poolingWidth(Path file) throws IOException {
        JsonNode values = DenseModules.json(file);
        int modes = 0;
        for (Iterator<String> keys = values.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            modes += key.startsWith("pooling_mode_") && values.get(key).asBoolean() ? 1 : 0;
        }
        return modes == 1 && values.has("word_embedding_dimension")
                ? (Integer) size(file, values, "word_embedding_dimension")
                : null;
    }

    void write(Path file) throws IOException {
        String json = "{\n  \"in_features\": " + nIn + ",\n  \"out_features\": " + nOut + ",\n  \"bias\": " + bias
                + ",\n  \"activation_function\": \"" + IDENTITY + "\"\n}\n";
        AtomicFile.write(file, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String toString() {
        return "nOut=" + nOut + ", nIn=" + nIn + (bias ? ", with bias" : "");
    }
}
