package io.github.qrreduction.vectors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names under which files hold the parts of a reduction, see {@link ReductionFile}. */
final class ReductionNames {
    private static final String NORMALIZE_BEFORE = "normalize_before";
    private static final String NORMALIZE_AFTER = "normalize_after";
    /** Metadata of the library's own. */
    static final List<String> FLAGS = List.of(NORMALIZE_BEFORE, NORMALIZE_AFTER);

    private static final String WEIGHT = "weight";
    private static final List<String> MATRICES =
            List.of("Q_reduced", "linear.weight", "weight", "components", "Q", "0_Q");
    private static final List<String> BIASES = List.of("linear.bias", "bias", "b");
    private static final List<String> MEANS = List.of("mean");

    private ReductionNames() {}

    /** The parts under the names of a format, which must be able to hold all of them. */
    static TensorFile write(ReductionFile parts, TensorFormat format) {
        Tensor bias = parts.bias().orElse(null);
        Tensor mean = parts.mean().orElse(null);
        if (format == TensorFormat.NPY && (bias != null || mean != null)) {
            throw new Refused("expected components without bias and mean, since .npy holds one array, got some with "
                    + (bias == null ? "a mean" : "a bias") + "; save as .npz or .safetensors");
        }
        boolean safetensors = format == TensorFormat.SAFETENSORS;
        if (!safetensors && (parts.normalizesBefore() || parts.normalizesAfter())) {
            throw new Refused("expected a reduction without normalisation, since " + format.ending()
                    + " does not hold it, got one with; save as .safetensors");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(safetensors ? "linear.weight" : "components", parts.matrix());
        if (bias != null) {
            tensors.put(safetensors ? "linear.bias" : "bias", bias);
        }
        if (mean != null) {
            tensors.put("mean", mean);
        }
        Map<String, String> strings = new LinkedHashMap<>(parts.metadata());
        if (parts.normalizesBefore()) {
            strings.put(NORMALIZE_BEFORE, "true");
        }
        if (parts.normalizesAfter()) {
            strings.put(NORMALIZE_AFTER, "true");
        }
        return TensorFile.of(tensors, strings);
    }

    /** The parts that a file names. */
    static ReductionFile read(TensorFile file, TensorFormat format) {
        Map<String, Tensor> left = new LinkedHashMap<>(file.tensors());
        Tensor matrix = format == TensorFormat.NPY ? left.remove(TensorFile.UNNAMED) : take(left, MATRICES);
        Tensor bias = take(left, BIASES);
        Tensor mean = take(left, MEANS);
        if (matrix == null) {
            List<String> candidates = left.entrySet().stream()
                    .filter(e -> e.getValue().rank() == 2)
                    .map(Map.Entry::getKey)
                    .toList();
            matrix = candidates.size() == 1 ? left.remove(candidates.get(0)) : null;
        }
        if (matrix == null || !left.isEmpty()) {
            throw unexpected(file, format);
        }
        Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
        boolean before = flag(metadata, NORMALIZE_BEFORE);
        boolean after = flag(metadata, NORMALIZE_AFTER);
        return ReductionFile.of(matrix, bias, mean).normalizing(before, after).withMetadata(metadata);
    }

    /** The matrix of that name, and the bias that PyTorch's Linear has beside its weight, of a larger model's file. */
    static ReductionFile read(TensorFile file, String name) {
        Map<String, Tensor> tensors = file.tensors();
        if (!tensors.containsKey(name)) {
            throw new Refused(
                    "expected one of " + tensors.keySet().stream().sorted().toList() + ", got \"" + name + "\"");
        }
        boolean weight = name.equals(WEIGHT) || name.endsWith("." + WEIGHT);
        String bias = name.substring(0, name.length() - (weight ? WEIGHT.length() : 0)) + "bias";
        return ReductionFile.of(tensors.get(name), weight ? tensors.get(bias) : null, null);
    }

    private static Tensor take(Map<String, Tensor> left, List<String> names) {
        return names.stream()
                .filter(left::containsKey)
                .findFirst()
                .map(left::remove)
                .orElse(null);
    }

    private static Refused unexpected(TensorFile file, TensorFormat format) {
        String expected = format == TensorFormat.NPZ
                ? "the entries components.npy and, if any, bias.npy, mean.npy"
                : "a matrix named linear.weight, Q_reduced, weight, components, Q or 0_Q, or a single one of another"
                        + " name, and, if any, linear.bias or bias, and mean";
        List<String> names = file.tensors().keySet().stream()
                .map(n -> format == TensorFormat.NPZ ? n + ".npy" : n)
                .sorted()
                .toList();
        String way = format == TensorFormat.NPY ? "" : "; load(path, name) takes one by its name";
        return new Refused("expected " + expected + ", got " + names + way);
    }

    private static boolean flag(Map<String, String> metadata, String key) {
        String value = metadata.remove(key);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw new Refused("expected true or false for " + key + " in the metadata, got \"" + value + "\"");
        }
        return "true".equals(value);
    }
}
