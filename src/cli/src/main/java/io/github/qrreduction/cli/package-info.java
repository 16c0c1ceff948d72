/** The command {@code qr-reduce}. It has no logic of its own: options in, calls of the library, words out. */
package io.github.qrreduction.cli;
