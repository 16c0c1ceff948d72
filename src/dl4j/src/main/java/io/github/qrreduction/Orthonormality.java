package io.github.qrreduction;

/**
 * Whether the components are kept orthonormal, {@code Q Q^T = I}, and how.
 *
 * <p>Bound of the orthonormality error {@code ||Q Q^T - I||_F}, measured in float64, in both hard modes: 1e-5 in FLOAT,
 * 1e-12 in DOUBLE, the rounding of storage in HALF.
 */
public enum Orthonormality {

    /** {@code Q} is free: a plain matrix, trained as DL4J trains any weight. */
    NONE,

    /**
     * {@code Q} itself stays on the Stiefel manifold. The gradient is projected to the tangent space,
     * {@code P(G) = G - sym(G Q^T) Q}, goes through the updater, and the step ends in the QR retraction
     * {@code Q <- qf(Q - U)} with positive diagonal of R. With plain Sgd this is Riemannian SGD (Bonnabel, 2013; Absil,
     * Mahony, Sepulchre, 2008, sections 3.6 and 4.1).
     */
    RETRACTION,

    /**
     * The layer uses {@code Q = qf(W)}, the QR factor (diag(R) &gt; 0) of a free parameter W, still keyed "Q";
     * gradients flow through the factorisation. Not for nOut = nIn, where qf cannot turn a rotation into a reflection
     * without passing a singular W: training that wants to do so is stopped there by an exception, or moves back
     * and forth.
     */
    PARAMETRIZATION
}
