package io.github.qrreduction.internal.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpectralTemperingTest {
    /**
     * Lines of tempering.csv, which fixtures/pca/tempering.py wrote: law, parameter, d, knee, noise, gamma at 1, 16 and
     * d / 2.
     */
    @Test
    void agreesWithAnIndependentImplementation() throws IOException {
        int lines = 0;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                SpectralTemperingTest.class.getResourceAsStream("/fixtures/pca/tempering.csv"),
                StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] cells = line.split(",", -1);
                double[] values = spectrum(cells[0], Double.parseDouble(cells[1]), Integer.parseInt(cells[2]));
                SpectralTempering tempering = SpectralTempering.of(
                        values, values.length, Arrays.stream(values).sum());
                assertThat(tempering.knee()).as(line).isEqualTo(Integer.parseInt(cells[3]));
                assertThat(tempering.noise()).as(line).isCloseTo(Double.parseDouble(cells[4]), within(1e-12));
                int[] counts = {1, 16, values.length / 2};
                for (int i = 0; i < counts.length; i++) {
                    assertThat(tempering.gamma(counts[i]))
                            .as(line)
                            .isCloseTo(Double.parseDouble(cells[5 + i]), within(1e-9));
                }
                lines++;
            }
        }
        assertThat(lines).isGreaterThan(20);
    }

    private static double[] spectrum(String law, double parameter, int d) {
        double[] values = new double[d];
        for (int i = 0; i < d; i++) {
            values[i] = switch (law) {
                case "power" -> Math.pow(1 + i, -parameter);
                case "exponential" -> Math.exp(-parameter * i / d) + 0.01;
                case "step" -> i < parameter * d ? 2.0 - i / (double) d : 0.1 - 0.01 * i / d;
                case "staircase" -> Math.floor(parameter * (d - i) / d) + (d - i) / (10.0 * d);
                default -> throw new IllegalArgumentException(law);
            };
        }
        return values;
    }

    @Test
    void nineTenthsOfTheEigenvaluesAndTheTraceAreEnough() {
        double[] values = spectrum("power", 0.8, 200);
        double trace = Arrays.stream(values).sum();
        SpectralTempering all = SpectralTempering.of(values, 200, trace);
        SpectralTempering most = SpectralTempering.of(Arrays.copyOf(values, 180), 200, trace);
        assertThat(most.knee()).isEqualTo(all.knee());
        assertThat(most.noise()).isCloseTo(all.noise(), within(1e-12));
        assertThatThrownBy(() -> SpectralTempering.of(Arrays.copyOf(values, 179), 200, trace))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected the largest 180 of 200 eigenvalues, got 179");
    }

    @Test
    void flatSpectraAreNotTempered() {
        double[] values = new double[50];
        Arrays.fill(values, 3);
        SpectralTempering flat = SpectralTempering.of(values, 50, 150);
        assertThat(flat.gamma(10)).isZero();
    }

    @Test
    void withoutNoiseTheQuotientOfEigenvaluesRemains() {
        double[] values = new double[100];
        for (int i = 0; i < 50; i++) {
            values[i] = 1 / (1.0 + i);
        }
        SpectralTempering tempering =
                SpectralTempering.of(values, 100, Arrays.stream(values).sum());
        assertThat(tempering.noise()).isZero();
        assertThat(tempering.gamma(40)).isCloseTo(tempering.knee() / 40.0, within(1e-12));
    }
}
