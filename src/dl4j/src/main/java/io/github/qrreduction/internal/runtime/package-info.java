/**
 * How DL4J runs the layers. Not API: names here may change in any release.
 *
 * <p>The SameDiff graph that a layer's configuration defines is the single source of truth for what is computed; this
 * package turns DL4J's calls (activate, backpropGradient, masks, workspaces, dropout, noise) into runs of that graph.
 *
 * @serial exclude
 */
package io.github.qrreduction.internal.runtime;
