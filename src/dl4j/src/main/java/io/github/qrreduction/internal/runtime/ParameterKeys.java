package io.github.qrreduction.internal.runtime;

/** By what keys DL4J knows the parameters. None has an underscore: DL4J splits keys there. */
public final class ParameterKeys {

    /** The matrix of components. */
    public static final String COMPONENTS = "Q";

    /** The bias. */
    public static final String BIAS = "b";

    private ParameterKeys() {}
}
