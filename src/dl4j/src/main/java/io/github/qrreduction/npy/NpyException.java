package io.github.qrreduction.npy;

/** Why content is refused, still without the file's name, which {@link NpyFiles} adds. */
final class NpyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    NpyException(String reason) {
        super(reason);
    }
}
