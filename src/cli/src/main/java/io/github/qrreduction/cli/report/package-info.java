/** What {@code qr-reduce report} shows: a table, CSV, and a page. */
package io.github.qrreduction.cli.report;
