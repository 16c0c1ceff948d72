package io.github.qrreduction.compare;

/** Pictures of a {@link Comparison}, see {@link Comparison#svg}. */
public enum Picture {
    /** Recall against size, a line a method, in float32. */
    RECALL(false, false),
    /** Recall after the best candidates were scored again, against size, a line a method, in float32. */
    RESCORED(true, false),
    /** Recall against bytes, a line a storage, each with its best method at each size. */
    RECALL_BY_BYTES(false, true),
    /** Recall after the best candidates were scored again, against bytes, a line a storage. */
    RESCORED_BY_BYTES(true, true);

    private final boolean rescored;
    private final boolean byBytes;

    Picture(boolean rescored, boolean byBytes) {
        this.rescored = rescored;
        this.byBytes = byBytes;
    }

    boolean isRescored() {
        return rescored;
    }

    boolean isByBytes() {
        return byBytes;
    }
}
