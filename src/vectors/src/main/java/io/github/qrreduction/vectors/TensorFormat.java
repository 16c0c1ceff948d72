package io.github.qrreduction.vectors;

import java.nio.file.Path;
import java.util.Locale;

/** The formats of tensors, by the ending of a file's name. */
enum TensorFormat {
    NPY,
    NPZ,
    SAFETENSORS;

    private static final String FROM_PYTORCH =
            "in Python: safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")";

    String ending() {
        return "." + name().toLowerCase(Locale.ROOT);
    }

    static TensorFormat of(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        for (TensorFormat format : values()) {
            if (name.endsWith(format.ending())) {
                return format;
            }
        }
        throw new IllegalArgumentException(path + ": expected a file name that ends in .npy, .npz or .safetensors, got "
                + path.getFileName() + (name.endsWith(".pt") || name.endsWith(".pth") ? "; " + FROM_PYTORCH : ""));
    }

    static TensorFormat of(String name) {
        for (TensorFormat format : values()) {
            if (format.name().equalsIgnoreCase(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException("expected format npy, npz or safetensors, got " + name);
    }
}
