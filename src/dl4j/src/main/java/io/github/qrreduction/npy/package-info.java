/**
 * NumPy's array files, as far as {@link io.github.qrreduction.Components} needs them. Not API: may change in any
 * release.
 *
 * <p>Formats: NEP 1 and {@code numpy/lib/format.py} for {@code .npy} (versions 1.0, 2.0 and 3.0), a zip of such files
 * for {@code .npz}. Content that is refused is an {@link java.lang.IllegalArgumentException} that names the file, what
 * was expected and what came; an {@link java.io.IOException} means that the file system failed. Values are the user's:
 * NaN and infinities are written and read like any other.
 *
 * @serial exclude
 */
package io.github.qrreduction.npy;
