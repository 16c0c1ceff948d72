/** Who is near whom: distributions over the other rows of a matrix, by cosine. Depends on ND4J alone. */
package io.github.qrreduction.internal.similarity;
