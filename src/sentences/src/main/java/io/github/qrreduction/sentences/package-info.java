/** Sentences become vectors, and vectors become smaller: programs to run and to read, in the profile {@code sentences}. */
package io.github.qrreduction.sentences;
