/** Sentences become vectors, and vectors become smaller: programs to run, in the profile {@code sentences}. */
package io.github.qrreduction.sentences;
