package io.github.qrreduction.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/** A bar on a terminal; in a pipe or a log, nothing. */
final class Progress implements AutoCloseable {

    private static final int LINE = 79;
    private static final int MILLIS = 200;

    /** Null where there is no terminal. */
    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    /**
     * Begins.
     *
     * @param task what is done
     * @param max how much there is to do, or -1
     * @param unit of what is counted
     */
    static Progress of(String task, long max, String unit) {
        return new Progress(isTerminal() ? bar(task, max, unit) : null);
    }

    /** The script knows; where it does not, as on Windows, picocli guesses. */
    private static boolean isTerminal() {
        String known = System.getProperty("qr-reduce.terminal");
        return known == null ? Ansi.AUTO.enabled() : known.equals("true");
    }

    private static ProgressBar bar(String task, long max, String unit) {
        return ProgressBar.builder()
                .setTaskName(task)
                .setInitialMax(max)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, LINE))
                .clearDisplayOnFinish()
                .build();
    }

    void add(long count) {
        if (bar != null) {
            bar.stepBy(count);
        }
    }

    /** For work that is measured as a share, 0 to 1, of a hundred. */
    void reach(double share) {
        if (bar != null) {
            bar.stepTo(Math.round(100 * share));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
