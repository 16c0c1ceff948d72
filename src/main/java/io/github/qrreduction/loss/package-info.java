/** Loss functions made for reduction. */
package io.github.qrreduction.loss;
