package io.github.qrreduction.examples;

import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/** Progress bars that move on a terminal and leave one line each in a log or a pipe. */
final class Progress {

    private static final int WIDTH = 79;

    private final PrintWriter log;
    private final boolean terminal;

    private Progress(PrintWriter log, boolean terminal) {
        this.log = log;
        this.terminal = terminal;
    }

    /** Bars on standard output if that is a terminal, otherwise in the given log. */
    static Progress onTerminalOr(PrintWriter log) {
        return new Progress(log, Ansi.AUTO.enabled());
    }

    /** Starts a bar that counts epochs; closing it ends its line. */
    ProgressBar start(String task, long epochs) {
        return start(task, epochs, " epochs");
    }

    /** Starts a bar that counts in the given unit. */
    ProgressBar start(String task, long max, String unit) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(max)
                .setUnit(unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(terminal ? new ConsoleProgressBarConsumer(System.out, WIDTH) : new LastLine(log))
                .build();
    }

    /** Keeps what was rendered last and prints it when the bar is closed. */
    private static final class LastLine implements ProgressBarConsumer {

        private final PrintWriter log;
        private String line = "";

        LastLine(PrintWriter log) {
            this.log = log;
        }

        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String rendered) {
            line = rendered;
        }

        @Override
        public void close() {
            log.println(line.stripTrailing());
            log.flush();
        }
    }
}
