/** Programs to run and to read; on the test classpath, never in the jar. */
package io.github.qrreduction.examples;
